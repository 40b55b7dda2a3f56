// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * READ REVERSE(6) and (16) (SSC-5 6.10, 6.11): blocks in front of the drive, nearest first, and with BYTORD zero the bytes of each
 * from its last to its first. Seldom used, so it may allocate.
 */
final class ReadReverseCommand {
    private static final int BYTORD = 2;

    private final DriveUnit unit;
    private final DriveState state;
    private final BlockLength length;
    private @Nullable MemorySegment block;

    ReadReverseCommand(DriveUnit unit) {
        this.unit = unit;
        this.state = unit.state;
        this.length = new BlockLength(unit);
    }

    void readReverse(ScsiCommand command) {
        Partition medium = unit.ready(command);
        if (medium == null || !length.parse(command, true, true) || !length.seek(command, medium)) {
            return;
        }
        boolean forward = command.cdbBit(1, BYTORD);
        MemorySegment whole = wholeBlock();
        int blockBytes = length.blockBytes();
        long moved = 0;
        for (int done = 0; done < length.blocks(); done++) {
            if (state.position == 0) {
                DriveUnit.beginning(command, length.left(done), moved);
                return;
            }
            long result = medium.read(state.position - 1, whole, 0, (int) whole.byteSize());
            if (result >= 0) {
                state.position--;
                int bytes = (int) Math.min(result, blockBytes);
                copy(command, whole, (int) result, moved, bytes, forward);
            }
            if (result != blockBytes) {
                stop(command, result, done, moved);
                return;
            }
            moved += blockBytes;
        }
        command.good(moved);
    }

    private MemorySegment wholeBlock() {
        MemorySegment there = block;
        if (there == null) {
            there = Arena.ofAuto().allocate(DriveUnit.MAX_BLOCK_BYTES);
            block = there;
        }
        return there;
    }

    private static void copy(
            ScsiCommand command, MemorySegment whole, int blockBytes, long to, int bytes, boolean forward) {
        int fits = Math.clamp(command.bufferLength() - to, 0, bytes);
        if (forward) {
            command.write(to, whole, 0, fits);
            return;
        }
        for (int i = 0; i < fits; i++) {
            command.putU8(to + i, whole.get(ValueLayout.JAVA_BYTE, blockBytes - 1L - i));
        }
    }

    private void stop(ScsiCommand command, long result, int done, long moved) {
        long left = length.left(done);
        if (result >= 0) {
            long bytes = length.isFixed() ? moved : Math.min(result, length.blockBytes());
            if (length.isSuppressed(result > length.blockBytes())) {
                command.good(bytes);
                return;
            }
            command.sense(SenseKey.NO_SENSE, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION)
                    .incorrectLength()
                    .information(length.isFixed() ? left : left - result);
            command.check(bytes);
        } else if (result == MediumResult.FILEMARK) {
            state.position--;
            DriveUnit.filemark(command, left, moved);
        } else {
            if (result == MediumResult.DAMAGED) {
                state.position--;
            }
            unit.readFailed(command, result, left, moved);
        }
    }
}
