// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import java.nio.ByteBuffer;

/** CDBs of block commands for tests, built by field and not by the code under test. */
final class Cdb {
    private Cdb() {}

    static byte[] of(int... bytes) {
        byte[] cdb = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            cdb[i] = (byte) bytes[i];
        }
        return cdb;
    }

    static byte[] six(int opcode, long lba, int blocks) {
        return of(opcode, (int) ((lba >> 16) & 0x1F), (int) (lba >> 8), (int) lba, blocks, 0);
    }

    static byte[] ten(int opcode, int flags, long lba, int blocks) {
        return ByteBuffer.allocate(10)
                .put((byte) opcode)
                .put((byte) flags)
                .putInt((int) lba)
                .put((byte) 0)
                .putShort((short) blocks)
                .array();
    }

    static byte[] twelve(int opcode, int flags, long lba, long blocks) {
        return ByteBuffer.allocate(12)
                .put((byte) opcode)
                .put((byte) flags)
                .putInt((int) lba)
                .putInt((int) blocks)
                .array();
    }

    static byte[] sixteen(int opcode, int flags, long lba, long blocks) {
        return ByteBuffer.allocate(16)
                .put((byte) opcode)
                .put((byte) flags)
                .putLong(lba)
                .putInt((int) blocks)
                .array();
    }

    /** A CDB of a block command in the size that its operation code's group implies. */
    static byte[] block(int opcode, int flags, long lba, long blocks) {
        return switch (opcode >> 5) {
            case 0 -> six(opcode, lba, (int) blocks);
            case 4 -> sixteen(opcode, flags, lba, blocks);
            case 5 -> twelve(opcode, flags, lba, blocks);
            default -> ten(opcode, flags, lba, (int) blocks);
        };
    }

    /** COMPARE AND WRITE. */
    static byte[] compareAndWrite(int flags, long lba, int blocks) {
        return ByteBuffer.allocate(16)
                .put((byte) 0x89)
                .put((byte) flags)
                .putLong(lba)
                .put(13, (byte) blocks)
                .array();
    }

    /** UNMAP's parameter list: pairs of LBA and number of blocks. */
    static byte[] unmapList(long... pairs) {
        ByteBuffer list = ByteBuffer.allocate(8 + pairs.length * 8);
        list.putShort((short) (list.capacity() - 2))
                .putShort((short) (list.capacity() - 8))
                .putInt(0);
        for (int i = 0; i < pairs.length; i += 2) {
            list.putLong(pairs[i]).putInt((int) pairs[i + 1]).putInt(0);
        }
        return list.array();
    }

    static byte[] unmap(int listLength) {
        return ten(0x42, 0, 0, listLength);
    }
}
