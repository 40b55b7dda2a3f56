// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.Outcome;
import io.sluice.vdisk.store.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * COMPARE AND WRITE (SBC-4 5.3): if the blocks are what the first half of Data-Out says, they become what the second half says.
 * Nothing else may write meanwhile; {@link WriteGate} sees to that.
 *
 * <pre>
 *  Data-Out   0 .. n-1    verify instance
 *             n .. 2n-1   write instance
 * </pre>
 */
final class CompareAndWriteCommand {
    /** MAXIMUM COMPARE AND WRITE LENGTH, in blocks: all other writes wait meanwhile, and initiators keep locks of one block. */
    static final int MAX_BLOCKS = 128;

    /** NUMBER OF LOGICAL BLOCKS: one byte, unlike in other CDBs of this size. */
    private static final int BLOCKS_BYTE = 13;

    private final LogicalUnit unit;

    CompareAndWriteCommand(LogicalUnit unit) {
        this.unit = unit;
    }

    void compareAndWrite(ScsiCommand command) {
        long lba = BlockCdb.lba(command);
        int blocks = command.cdb8(BLOCKS_BYTE);
        if (!unit.isUnprotected(command)
                || !unit.isWritable(command)
                || !unit.isInRange(command, lba, blocks)
                || !isShort(command, blocks)) {
            return;
        }
        int length = blocks << unit.blockShift;
        if (command.dataOutLength() != 2 * length) {
            // Which half is which depends on the length: another amount means that the initiator thinks of another one.
            command.invalidField(BLOCKS_BYTE);
            return;
        }
        long offset = lba << unit.blockShift;
        if (length == 0 || (isEqual(command, offset, length) && isWritten(command, offset, length))) {
            command.taken(2L * length);
        }
    }

    private static boolean isShort(ScsiCommand command, int blocks) {
        if (blocks <= MAX_BLOCKS) {
            return true;
        }
        command.invalidField(BLOCKS_BYTE);
        return false;
    }

    /** False after having ended the command: INFORMATION is the offset in Data-Out of the first byte that differs. */
    private boolean isEqual(ScsiCommand command, long offset, int length) {
        MemorySegment there = Scratch.buffer();
        long outcome = unit.isFromMedium(command)
                ? unit.store.readMedium(offset, there, 0, length)
                : unit.store.read(offset, there, 0, length);
        if (!Outcome.isOk(outcome)) {
            unit.readFailed(command, outcome, offset);
            return false;
        }
        long from = command.dataOffset();
        long differs = MemorySegment.mismatch(there, 0, length, command.pool(), from, from + length);
        if (differs < 0) {
            return true;
        }
        command.sense(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION)
                .information(differs);
        command.check();
        return false;
    }

    /** False after having ended the command. */
    private boolean isWritten(ScsiCommand command, long offset, int length) {
        long outcome = unit.store.write(
                offset, command.pool(), command.dataOffset() + length, length, unit.isDurable(command));
        if (Outcome.isOk(outcome)) {
            return true;
        }
        unit.writeFailed(command, outcome, offset);
        return false;
    }
}
