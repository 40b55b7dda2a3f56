// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.vtl.medium.Partition;

/**
 * FIXED, SILI and TRANSFER LENGTH of the commands that move blocks (SSC-5 4.2.9): with FIXED the length counts blocks of the
 * block descriptor's BLOCK LENGTH, else it is the bytes of one block. Reused, because a command allocates nothing.
 */
final class BlockLength {
    private static final int FIXED = 0x01;
    private static final int SILI = 0x02;
    /** What a command may transfer at once: the gateway's limit. */
    private static final long MAX_TRANSFER = 16L << 20;

    private final DriveUnit unit;
    private boolean fixed;
    private boolean suppressed;
    private int length;
    private int blockBytes;

    BlockLength(DriveUnit unit) {
        this.unit = unit;
    }

    /** TRANSFER LENGTH: bytes 2 to 4 of a CDB of 6 bytes, 12 to 14 of one of 16. */
    @HotPath
    static int lengthByte(ScsiCommand command) {
        return command.opcode() < 0x20 ? 2 : 12;
    }

    @HotPath
    static boolean isFixed(ScsiCommand command) {
        return (command.cdb8(1) & FIXED) != 0;
    }

    /**
     * Parses a CDB.
     *
     * @param transfers false for VERIFY, which moves no data and so has no limit
     * @return false after having ended the command
     */
    @HotPath
    boolean parse(ScsiCommand command, boolean hasSili, boolean transfers) {
        int flags = command.cdb8(1);
        fixed = isFixed(command);
        suppressed = hasSili && (flags & SILI) != 0;
        length = command.cdb24(lengthByte(command));
        blockBytes = fixed ? unit.state.blockLength : length;
        if (fixed && suppressed) {
            command.invalidField(1, 1);
            return false;
        }
        if (fixed && blockBytes == 0) {
            command.invalidField(1, 0);
            return false;
        }
        if (transfers && fixed && (long) length * blockBytes > MAX_TRANSFER) {
            command.invalidField(lengthByte(command));
            return false;
        }
        return true;
    }

    @HotPath
    boolean isFixed() {
        return fixed;
    }

    /** An incorrect length is not reported: SILI, and if the block is longer, only in variable mode (SSC-5 6.4). */
    @HotPath
    boolean isSuppressed(boolean longer) {
        return suppressed && (!longer || unit.state.blockLength == 0);
    }

    /** Blocks to move. */
    @HotPath
    int blocks() {
        return fixed ? length : Math.min(length, 1);
    }

    /** Bytes that each is expected to have. */
    @HotPath
    int blockBytes() {
        return blockBytes;
    }

    @HotPath
    long totalBytes() {
        return (long) blocks() * blockBytes;
    }

    /** INFORMATION when {@code done} blocks were moved: blocks with FIXED, else the bytes of the one that was not. */
    @HotPath
    long left(int done) {
        return fixed ? length - done : length;
    }

    /** LOGICAL OBJECT IDENTIFIER and PARTITION of a CDB of 16 bytes; false after having ended the command. */
    static boolean isInPartition(ScsiCommand command) {
        if (command.cdb8(3) == 0) {
            return true;
        }
        command.invalidField(3);
        return false;
    }

    /** True if the CDB has an address of its own (explicit addressing, SSC-5 4.2.9). */
    @HotPath
    static boolean isExplicit(ScsiCommand command) {
        return command.opcode() >= 0x80;
    }

    /** Positions a reading command of 16 bytes to its object; false after having ended the command. */
    @HotPath
    boolean seek(ScsiCommand command, Partition medium) {
        if (!isExplicit(command)) {
            return true;
        }
        if (!isInPartition(command)) {
            return false;
        }
        long object = command.cdb64(4);
        if (object >= 0 && object <= medium.objects()) {
            unit.state.position = object;
            return true;
        }
        unit.state.position = medium.objects();
        DriveUnit.endOfData(command, left(0), 0);
        return false;
    }
}
