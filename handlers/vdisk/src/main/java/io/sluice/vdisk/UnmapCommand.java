// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ScsiCommand;
import io.sluice.vdisk.store.Outcome;

/**
 * UNMAP (SBC-4 5.35). All descriptors are checked before the first block is unmapped.
 *
 * <pre>
 *  parameter list                        block descriptor
 *  0-1  UNMAP DATA LENGTH (n - 1)        0-7   LBA
 *  2-3  BLOCK DESCRIPTOR DATA LENGTH     8-11  NUMBER OF LOGICAL BLOCKS
 *  4-7  reserved                         12-15 reserved
 *  8-n  block descriptors
 * </pre>
 */
final class UnmapCommand {
    /** MAXIMUM UNMAP LBA COUNT, in blocks. */
    static final long MAX_BLOCKS = 1 << 20;
    /** MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT. */
    static final int MAX_DESCRIPTORS = 1024;

    private static final int HEADER = 8;
    private static final int DESCRIPTOR = 16;

    private final LogicalUnit unit;

    UnmapCommand(LogicalUnit unit) {
        this.unit = unit;
    }

    void unmap(ScsiCommand command) {
        if (command.cdbBit(1, 0)) {
            command.invalidField(1, 0); // ANCHOR without ANC_SUP
            return;
        }
        if (!unit.isWritable(command)) {
            return;
        }
        int listLength = command.cdb16(7);
        if (listLength == 0) {
            command.good(0);
            return;
        }
        if (listLength < HEADER || command.dataOutLength() < listLength) {
            command.parameterListLengthError();
            return;
        }
        // A descriptor that the list cuts off is ignored, as one beyond the announced length is (SBC-4 5.35.2).
        int announced = Math.min(command.u16(2), listLength - HEADER);
        int descriptors = announced / DESCRIPTOR;
        if (descriptors > MAX_DESCRIPTORS) {
            command.invalidParameter(2, -1);
            return;
        }
        if (areValid(command, descriptors)) {
            unmapAll(command, descriptors, listLength);
        }
    }

    private boolean areValid(ScsiCommand command, int descriptors) {
        long total = 0;
        for (int i = 0; i < descriptors; i++) {
            int at = HEADER + i * DESCRIPTOR;
            long blocks = command.u32(at + 8);
            total += blocks;
            if (total > MAX_BLOCKS) {
                command.invalidParameter(at + 8, -1);
                return false;
            }
            if (!unit.isInRangeOrEmptyAtEnd(command, command.u64(at), blocks)) {
                return false;
            }
        }
        return true;
    }

    private void unmapAll(ScsiCommand command, int descriptors, int listLength) {
        long outcome = Outcome.OK;
        long offset = 0;
        for (int i = 0; i < descriptors && Outcome.isOk(outcome); i++) {
            int at = HEADER + i * DESCRIPTOR;
            offset = command.u64(at) << unit.blockShift;
            long length = command.u32(at + 8) << unit.blockShift;
            outcome = length == 0 ? Outcome.OK : unit.store.discard(offset, length);
        }
        if (!Outcome.isOk(outcome)) {
            unit.writeFailed(command, outcome, offset);
        } else if (unit.isFlushedIfWriteThrough(command)) {
            command.taken(listLength);
        }
    }
}
