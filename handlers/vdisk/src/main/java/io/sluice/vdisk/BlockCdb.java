// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;

/**
 * Where the CDBs of block commands have their logical block address and their length. The operation code's group tells.
 *
 * <pre>
 *             LBA               length
 *  6 bytes    1 (21 bits)       4 (0 means 256)
 *  10 bytes   2 (32 bits)       7 (16 bits)
 *  12 bytes   2 (32 bits)       6 (32 bits)
 *  16 bytes   2 (64 bits)       10 (32 bits)
 * </pre>
 */
@HotPath
final class BlockCdb {
    private static final int GROUP_6 = 0;
    private static final int GROUP_16 = 4;
    private static final int GROUP_12 = 5;

    private static final int DPO = 0x10;

    private BlockCdb() {}

    private static int group(ScsiCommand command) {
        return command.opcode() >> 5;
    }

    /** All 64 bits: compare as unsigned. */
    static long lba(ScsiCommand command) {
        return switch (group(command)) {
            case GROUP_6 -> command.cdb24(1) & 0x1F_FFFF;
            case GROUP_16 -> command.cdb64(2);
            default -> command.cdb32(2);
        };
    }

    /** Blocks as the field says; READ(6) and WRITE(6) say 256 with 0. */
    static long blocks(ScsiCommand command) {
        return switch (group(command)) {
            case GROUP_6 -> command.cdb8(4) == 0 ? 256 : command.cdb8(4);
            case GROUP_16 -> command.cdb32(10);
            case GROUP_12 -> command.cdb32(6);
            default -> command.cdb16(7);
        };
    }

    /** The byte of the length field, for field pointers. */
    static int blocksByte(ScsiCommand command) {
        return switch (group(command)) {
            case GROUP_6 -> 4;
            case GROUP_16 -> 10;
            case GROUP_12 -> 6;
            default -> 7;
        };
    }

    /** Nothing but address, length and DPO is set: no FUA, protection, group, NACA or reserved bit. */
    static boolean isPlain(ScsiCommand command) {
        int others = switch (group(command)) {
            case GROUP_6 -> (command.cdb8(1) & 0xE0) | command.cdb8(5);
            case GROUP_16 -> (command.cdb8(1) & ~DPO) | command.cdb16(14);
            case GROUP_12 -> (command.cdb8(1) & ~DPO) | command.cdb16(10);
            default -> (command.cdb8(1) & ~DPO) | command.cdb8(6) | command.cdb8(9);
        };
        return others == 0;
    }

    /** The byte with PROTECT, DPO and FUA; READ(6) and WRITE(6) have the LBA there and none of these. */
    static int flags(ScsiCommand command) {
        return group(command) == GROUP_6 ? 0 : command.cdb8(1);
    }
}
