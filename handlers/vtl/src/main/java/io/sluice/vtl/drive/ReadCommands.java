// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;

/** READ(6) and (16), VERIFY(6) and (16) (SSC-5 6.4, 6.5, 6.20, 6.21). */
final class ReadCommands {
    private final DriveUnit unit;
    private final DriveState state;
    private final BlockLength length;

    ReadCommands(DriveUnit unit) {
        this.unit = unit;
        this.state = unit.state;
        this.length = new BlockLength(unit);
    }

    @HotPath
    void read(ScsiCommand command) {
        Partition medium = unit.ready(command);
        if (medium != null && length.parse(command, true, true) && length.seek(command, medium)) {
            move(command, medium, true);
        }
    }

    /** Reads and checks without a transfer; IMMED ends no sooner, which SSC-5 6.20 permits. */
    void verify(ScsiCommand command) {
        Partition medium = unit.ready(command);
        if (medium != null && length.parse(command, false, false) && length.seek(command, medium)) {
            move(command, medium, false);
        }
    }

    @HotPath
    private void move(ScsiCommand command, Partition medium, boolean transfers) {
        int blocks = length.blocks();
        int blockBytes = length.blockBytes();
        int room = transfers ? command.bufferLength() : 0;
        long moved = 0;
        for (int done = 0; done < blocks; done++) {
            long at = state.position;
            long filled = Math.min(moved, room);
            int limit = (int) Math.min(blockBytes, room - filled);
            long result = medium.read(at, command.pool(), command.dataOffset() + filled, limit);
            if (result >= 0) {
                state.position = at + 1;
                count(medium, at, result, transfers);
            }
            if (result != blockBytes) {
                stop(command, result, done, moved, transfers);
                return;
            }
            moved += transfers ? blockBytes : 0;
        }
        end(command, moved, transfers);
    }

    @HotPath
    private static void end(ScsiCommand command, long moved, boolean transfers) {
        if (transfers) {
            command.good(moved);
        } else {
            command.good(0);
        }
    }

    /** Something else than a block of the expected length is there. */
    @HotPath
    private void stop(ScsiCommand command, long result, int done, long moved, boolean transfers) {
        long left = length.left(done);
        if (result >= 0) {
            wrongLength(command, result, left, moved, transfers);
        } else if (result == MediumResult.FILEMARK) {
            state.position++;
            DriveUnit.filemark(command, left, moved);
        } else if (result == MediumResult.END_OF_DATA) {
            DriveUnit.endOfData(command, left, moved);
        } else {
            if (result == MediumResult.DAMAGED) {
                state.position++; // SSC-5 6.4: behind the block that could not be recovered
            }
            unit.readFailed(command, result, left, moved);
        }
    }

    @HotPath
    private void wrongLength(ScsiCommand command, long blockBytes, long left, long moved, boolean transfers) {
        boolean longer = blockBytes > length.blockBytes();
        long bytes = moved;
        if (!length.isFixed() && transfers) {
            bytes = Math.min(blockBytes, length.blockBytes());
        }
        if (length.isSuppressed(longer)) {
            end(command, bytes, transfers);
            return;
        }
        command.sense(SenseKey.NO_SENSE, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION)
                .incorrectLength()
                .information(length.isFixed() ? left : left - blockBytes);
        command.check(bytes);
    }

    @HotPath
    private void count(Partition medium, long at, long bytes, boolean transfers) {
        long onMedium = medium.used(at + 1) - medium.used(at);
        state.count(Counter.ERROR_PAGE_READ, bytes);
        state.count(Counter.FROM_MEDIUM, onMedium);
        state.count(Counter.COMPRESSION_FROM_MEDIUM, onMedium);
        state.count(Counter.MOUNT_FROM_MEDIUM, onMedium);
        state.count(Counter.MOUNT_READ, bytes);
        if (transfers) {
            state.count(Counter.TO_INITIATOR, bytes);
            state.count(Counter.COMPRESSION_TO_INITIATOR, bytes);
        }
    }
}
