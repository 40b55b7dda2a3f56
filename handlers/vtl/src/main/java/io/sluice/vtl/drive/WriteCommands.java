// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;

/**
 * WRITE(6) and (16), WRITE FILEMARKS(6) and (16) (SSC-5 6.24 to 6.27). What a process that died had recorded of a command is
 * recognised by its sequence number when it comes again, and only the rest is written.
 */
final class WriteCommands {
    private static final int IMMED = 0;
    /** FCS: the first command of a sequence, which may be anywhere (SSC-5 4.2.9). */
    private static final int FIRST_OF_SEQUENCE = 3;

    private final DriveUnit unit;
    private final DriveState state;
    private final BlockLength length;

    WriteCommands(DriveUnit unit) {
        this.unit = unit;
        this.state = unit.state;
        this.length = new BlockLength(unit);
    }

    @HotPath
    void write(ScsiCommand command) {
        Partition medium = unit.writable(command);
        if (medium == null || !length.parse(command, false, true)) {
            return;
        }
        long total = length.totalBytes();
        if (command.dataOutLength() < total) {
            command.invalidField(BlockLength.lengthByte(command)); // half a block would be a lie on the medium
            return;
        }
        if (!seek(command, medium) || (total > 0 && !unit.changes(command, length.left(0)))) {
            return;
        }
        long start = state.position;
        long usedBefore = medium.used(start);
        if (!writeBlocks(command, medium, start)) {
            return;
        }
        boolean unbuffered = state.bufferedMode != DriveState.BUFFERED;
        if (unbuffered && total > 0 && !unit.synchronize(command, medium, start)) {
            return;
        }
        if (total == 0 || !unit.warned(command, medium, usedBefore, taken(command, total))) {
            command.taken(total);
        }
    }

    /** False after having ended the command. */
    @HotPath
    private boolean writeBlocks(ScsiCommand command, Partition medium, long start) {
        int blocks = length.blocks();
        int blockBytes = length.blockBytes();
        long there = recorded(command, medium);
        for (int done = 0; done < blocks; done++) {
            long at = state.position;
            if (done >= there) {
                if (medium.used(at) + blockBytes > medium.capacity()) {
                    DriveUnit.overflow(command, length.left(done), taken(command, (long) done * blockBytes));
                    return false;
                }
                long from = command.dataOffset() + (long) done * blockBytes;
                long result =
                        medium.writeBlock(at, command.pool(), from, blockBytes, unit.compresses(), command.sequence());
                if (result != MediumResult.OK) {
                    unit.writeFailed(
                            command,
                            medium,
                            result,
                            start,
                            length.left(done),
                            taken(command, (long) done * blockBytes));
                    return false;
                }
            }
            state.position = at + 1;
            count(medium, at, blockBytes);
        }
        return true;
    }

    /** Objects of this command that are on the medium already, from the position on. */
    @HotPath
    private long recorded(ScsiCommand command, Partition medium) {
        long there = command.redelivered() ? medium.recorded(command.sequence()) : 0;
        if (there > 0 && medium.objects() - there != state.position) {
            there = 0; // written elsewhere: not what this command does from here
        }
        if (there > 0 || state.position < medium.objects()) {
            unit.replaces(command.sequence());
        }
        return there;
    }

    @HotPath
    private static long taken(ScsiCommand command, long bytes) {
        return command.direction() == DataDirection.IN ? 0 : bytes;
    }

    @HotPath
    void writeFilemarks(ScsiCommand command) {
        long count = command.cdb24(BlockLength.lengthByte(command));
        Partition medium = count == 0 ? unit.ready(command) : unit.writable(command);
        if (medium == null || !seek(command, medium) || (count > 0 && !unit.changes(command, count))) {
            return;
        }
        long start = state.position;
        long usedBefore = medium.used(start);
        if (count > 0 && !recordFilemarks(command, medium, count)) {
            return;
        }
        boolean onMedium = !command.cdbBit(1, IMMED) || state.bufferedMode != DriveState.BUFFERED;
        if (onMedium && !unit.synchronize(command, medium, start)) {
            return;
        }
        if (count == 0 || !unit.warned(command, medium, usedBefore, 0)) {
            command.good(0);
        }
    }

    @HotPath
    private boolean recordFilemarks(ScsiCommand command, Partition medium, long count) {
        long there = recorded(command, medium);
        long at = state.position + there;
        if (there < count) {
            if (medium.used(at) >= medium.capacity()) {
                DriveUnit.overflow(command, count - there, 0);
                return false;
            }
            long result = medium.writeFilemarks(at, count - there, command.sequence());
            if (result != MediumResult.OK) {
                long start = state.position;
                state.position = at;
                unit.writeFailed(command, medium, result, start, count - there, 0);
                return false;
            }
        }
        state.position += count;
        return true;
    }

    /** Explicit addressing; false after having ended the command. */
    @HotPath
    private boolean seek(ScsiCommand command, Partition medium) {
        if (!BlockLength.isExplicit(command)) {
            return true;
        }
        return seekTo(unit, command, medium);
    }

    /** Positions a writing command of 16 bytes; false after having ended the command. */
    static boolean seekTo(DriveUnit unit, ScsiCommand command, Partition medium) {
        long object = command.cdb64(4);
        if (!BlockLength.isInPartition(command)) {
            return false;
        }
        if (!command.cdbBit(1, FIRST_OF_SEQUENCE) && object != unit.state.position) {
            command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.SEQUENTIAL_POSITIONING_ERROR);
            return false;
        }
        if (object < 0 || object > medium.objects()) {
            command.check(SenseKey.BLANK_CHECK, AdditionalSense.END_OF_DATA_DETECTED);
            return false;
        }
        unit.state.position = object;
        return true;
    }

    @HotPath
    private void count(Partition medium, long at, long bytes) {
        long onMedium = medium.used(at + 1) - medium.used(at);
        state.count(Counter.ERROR_PAGE_WRITTEN, bytes);
        state.count(Counter.FROM_INITIATOR, bytes);
        state.count(Counter.COMPRESSION_FROM_INITIATOR, bytes);
        state.count(Counter.MOUNT_WRITTEN, bytes);
        state.count(Counter.TO_MEDIUM, onMedium);
        state.count(Counter.COMPRESSION_TO_MEDIUM, onMedium);
        state.count(Counter.MOUNT_TO_MEDIUM, onMedium);
    }
}
