// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.Outcome;
import io.sluice.vdisk.store.Scratch;
import java.lang.foreign.MemorySegment;

/** WRITE SAME(10) and (16) (SBC-4 5.52 f.): with UNMAP a block of zeros gives space back, since unmapped blocks read as zeros. */
final class WriteSameCommand {
    /**
     * MAXIMUM WRITE SAME LENGTH, in blocks: what WRITE SAME(10) can say, and what a slow medium writes within an initiator's
     * patience.
     */
    static final long MAX_BLOCKS = 0xFFFF;

    private static final int ANCHOR_BIT = 4;
    private static final int UNMAP_BIT = 3;
    private static final int NDOB_BIT = 0;

    private final LogicalUnit unit;
    private final boolean thin;

    WriteSameCommand(LogicalUnit unit, boolean thin) {
        this.unit = unit;
        this.thin = thin;
    }

    void writeSame(ScsiCommand command) {
        boolean unmap = command.cdbBit(1, UNMAP_BIT);
        boolean noData = command.opcode() == OpCode.WRITE_SAME_16 && command.cdbBit(1, NDOB_BIT);
        if (!unit.isUnprotected(command) || !fieldsAreValid(command, unmap)) {
            return;
        }
        long lba = BlockCdb.lba(command);
        long blocks = BlockCdb.blocks(command);
        if (!unit.isWritable(command) || !unit.isInRange(command, lba, blocks)) {
            return;
        }
        if (blocks == 0) {
            blocks = unit.capacity() - lba;
        }
        long length = blocks << unit.blockShift;
        if (blocks > MAX_BLOCKS) {
            command.invalidField(BlockCdb.blocksByte(command));
            return;
        }
        if (!noData && command.dataOutLength() != unit.blockSize) {
            // One block, no more and no less: another amount means that the initiator thinks of another block size.
            command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        long offset = lba << unit.blockShift;
        long outcome = fill(command, offset, length, unmap, noData);
        if (!Outcome.isOk(outcome)) {
            unit.writeFailed(command, outcome, offset);
        } else if (unit.isFlushedIfWriteThrough(command)) {
            command.taken(noData ? 0 : unit.blockSize);
        }
    }

    /** ANCHOR needs UNMAP, and ANC_SUP, which the disk has not; UNMAP needs LBPWS. */
    private boolean fieldsAreValid(ScsiCommand command, boolean unmap) {
        if (command.cdbBit(1, ANCHOR_BIT)) {
            command.invalidField(1, ANCHOR_BIT);
            return false;
        }
        if (unmap && !thin) {
            command.invalidField(1, UNMAP_BIT);
            return false;
        }
        return true;
    }

    private long fill(ScsiCommand command, long offset, long length, boolean unmap, boolean noData) {
        if (noData || isZero(command) || unmapsAnyData(command, unmap)) {
            return unmap ? unit.store.discard(offset, length) : unit.store.writeZeroes(offset, length);
        }
        MemorySegment pattern = Scratch.buffer();
        int filled = (int) Math.min(Scratch.BYTES, length);
        for (int at = 0; at < filled; at += unit.blockSize) {
            MemorySegment.copy(command.pool(), command.dataOffset(), pattern, at, unit.blockSize);
        }
        for (long done = 0; done < length; ) {
            int n = (int) Math.min(filled, length - done);
            long outcome = unit.store.write(offset + done, pattern, 0, n, false);
            if (!Outcome.isOk(outcome)) {
                return Outcome.after(done, outcome);
            }
            done += n;
        }
        return Outcome.OK;
    }

    /**
     * SBC-4 lets UNMAP deallocate only what reads as the block afterwards. That holds for WRITE SAME(16). WRITE SAME(10) with
     * UNMAP is only used to unmap, other targets do so whatever the block holds, and clients count on it (iscsi-test-cu,
     * WriteSame10.UnmapUntilEnd, sends FFh and expects zeros).
     */
    private static boolean unmapsAnyData(ScsiCommand command, boolean unmap) {
        return unmap && command.opcode() == OpCode.WRITE_SAME_10;
    }

    private boolean isZero(ScsiCommand command) {
        for (int at = 0; at < unit.blockSize; at += Long.BYTES) {
            if (command.u64(at) != 0) {
                return false;
            }
        }
        return true;
    }
}
