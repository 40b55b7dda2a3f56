// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.OpCode;

/**
 * Which commands of a disk on a slow store run on the queue loop all the same: those that touch no medium, small reads of
 * what the store has at hand, and small writes that it takes in without a wait. A worker costs a wake of another thread, tens of
 * microseconds; such a read or write costs two.
 */
@HotPath
final class QuickCommands {
    /** Copying more than this holds up other devices of the loop longer than a wake would cost this one. */
    private static final int MAX_BYTES = 64 << 10;

    private final LogicalUnit unit;
    private final WriteGate gate;

    QuickCommands(LogicalUnit unit, WriteGate gate) {
        this.unit = unit;
        this.gate = gate;
    }

    boolean tryExecute(ScsiCommand command, CommandTable commands) {
        return switch (command.opcode()) {
            case OpCode.READ_6, OpCode.READ_10, OpCode.READ_12, OpCode.READ_16 -> tryRead(command);
            case OpCode.WRITE_6, OpCode.WRITE_10, OpCode.WRITE_12, OpCode.WRITE_16 -> tryWrite(command);
            case OpCode.TEST_UNIT_READY, OpCode.INQUIRY, OpCode.READ_CAPACITY_10, OpCode.MODE_SENSE_6 -> {
                commands.execute(command);
                yield true;
            }
            default -> false;
        };
    }

    /** Everything unusual, errors included, is left to the worker. */
    private boolean tryRead(ScsiCommand command) {
        if (!isPlain(command) || unit.modes.isReadCacheDisabled()) {
            return false;
        }
        long lba = BlockCdb.lba(command);
        long bytes = BlockCdb.blocks(command) << unit.blockShift;
        int length = (int) Math.min(bytes, command.bufferLength());
        if (length == 0 || !unit.store.tryRead(lba << unit.blockShift, command.pool(), command.dataOffset(), length)) {
            return false;
        }
        command.good(bytes);
        return true;
    }

    private boolean tryWrite(ScsiCommand command) {
        if (!isPlain(command)
                || !unit.modes.isWriteCacheEnabled()
                || unit.isReadOnly()
                || unit.modes.isSoftwareWriteProtected()) {
            return false;
        }
        long bytes = BlockCdb.blocks(command) << unit.blockShift;
        long offset = BlockCdb.lba(command) << unit.blockShift;
        return command.dataOutLength() >= bytes && tryWrite(command, offset, (int) bytes);
    }

    private boolean tryWrite(ScsiCommand command, long offset, int length) {
        int stripe = WriteGate.stripe();
        if (!gate.tryEnter(stripe)) {
            return false;
        }
        try {
            if (!unit.store.tryWrite(offset, command.pool(), command.dataOffset(), length)) {
                return false;
            }
        } finally {
            gate.leave(stripe);
        }
        command.good(length);
        return true;
    }

    /** No odd bit in the CDB, a medium, and a small range within it that is not empty. */
    private boolean isPlain(ScsiCommand command) {
        long lba = BlockCdb.lba(command);
        long blocks = BlockCdb.blocks(command);
        long capacity = unit.capacity();
        return BlockCdb.isPlain(command)
                && unit.medium.isLoaded()
                && blocks > 0
                && blocks << unit.blockShift <= MAX_BYTES
                && lba >= 0
                && lba < capacity
                && blocks <= capacity - lba;
    }
}
