// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.OpCode;
import io.sluice.vtl.medium.Partition;

/**
 * Which commands of a drive run on the queue loop: small ones that read what the store has at hand, or that it only appends. A worker
 * costs two wakes of another thread, tens of microseconds each; such a block costs ten. What syncs, positions, compresses or waits for
 * the storage holds up nobody there.
 */
@HotPath
final class QuickCommands {
    /** Copying and looking at more than this holds up other devices of the loop longer than a wake would cost this one. */
    private static final int MAX_BYTES = 64 << 10;

    /** The same of blocks, however small: each is a call of the system. */
    private static final int MAX_BLOCKS = 16;

    private final DriveUnit unit;

    QuickCommands(DriveUnit unit) {
        this.unit = unit;
    }

    /** What is asked for may still be wrong, and ends then as it does on a worker. */
    boolean isQuick(ScsiCommand command) {
        Partition medium = unit.loaded();
        if (medium == null) {
            return false;
        }
        return switch (command.opcode()) {
            case OpCode.READ_6 -> isAtHand(command, medium);
            case OpCode.WRITE_6 -> isReady(command, medium);
            default -> false;
        };
    }

    private boolean isAtHand(ScsiCommand command, Partition medium) {
        long position = unit.state.position;
        return isSmall(command) && medium.isAtHand(position, position + blocks(command));
    }

    private boolean isReady(ScsiCommand command, Partition medium) {
        return isSmall(command)
                && unit.state.bufferedMode == DriveState.BUFFERED
                && unit.state.position == medium.objects()
                && unit.memory.isCounted()
                && medium.isReady(blocks(command), blocks(command) * blockBytes(command), unit.compresses());
    }

    private boolean isSmall(ScsiCommand command) {
        int blocks = blocks(command);
        return blocks <= MAX_BLOCKS && (long) blocks * blockBytes(command) <= MAX_BYTES;
    }

    private static int length(ScsiCommand command) {
        return command.cdb24(BlockLength.lengthByte(command));
    }

    private static int blocks(ScsiCommand command) {
        return BlockLength.isFixed(command) ? length(command) : 1;
    }

    private int blockBytes(ScsiCommand command) {
        return BlockLength.isFixed(command) ? unit.state.blockLength : length(command);
    }
}
