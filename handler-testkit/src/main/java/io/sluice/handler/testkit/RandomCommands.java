// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.scsi.DataDirection;
import java.util.Map;
import java.util.Random;

/**
 * Random commands that get further than their first check: they stay mostly within what a command's usage data call evaluated, with
 * few bits set, because a CDB of random bytes is refused at once nearly always.
 */
final class RandomCommands {
    private static final int[] LENGTHS = {0, 0, 1, 4, 8, 12, 24, 36, 255, 512, 512, 1024, 4096, 65_536};

    /** One command as an initiator sends it. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it or changes the arrays
    record Command(byte[] cdb, DataDirection direction, byte[] dataOut, int expectedLength) {
        @Override
        public String toString() {
            return Verdict.describe(cdb, direction, expectedLength)
                    + (dataOut.length > 0 && dataOut.length <= 512 ? " " + Testbed.hex(dataOut) : "");
        }
    }

    private final Random random;

    RandomCommands(Random random) {
        this.random = random;
    }

    /** Any bytes at all. */
    Command anything() {
        byte[] cdb = new byte[random.nextInt(8) == 0 ? 32 : 16];
        random.nextBytes(cdb);
        return withData(cdb);
    }

    /** A command that the device has. */
    Command of(SupportedCommand command) {
        byte[] cdb = command.cdb();
        boolean stray = random.nextInt(16) == 0;
        for (int at = 1; at < cdb.length; at++) {
            cdb[at] |= (byte) (sparse() & (stray ? 0xFF : command.evaluated(at)));
        }
        return withData(cdb);
    }

    private int sparse() {
        return switch (random.nextInt(10)) {
            case 0 -> random.nextInt(256);
            case 1 -> 0xFF;
            case 2, 3 -> 1 << random.nextInt(8);
            case 4 -> 1 + random.nextInt(16);
            default -> 0;
        };
    }

    private Command withData(byte[] cdb) {
        int length = LENGTHS[random.nextInt(LENGTHS.length)];
        DataDirection direction = DataDirection.of(random.nextInt(3));
        if (length == 0 || direction == DataDirection.NONE) {
            return new Command(cdb, DataDirection.NONE, new byte[0], 0);
        }
        return new Command(cdb, direction, direction == DataDirection.OUT ? data(length) : new byte[0], length);
    }

    private byte[] data(int length) {
        byte[] data = new byte[length];
        if (random.nextBoolean()) {
            random.nextBytes(data);
        } else {
            for (int i = 0; i < Math.min(length, 512); i++) {
                data[i] = (byte) sparse();
            }
        }
        return data;
    }

    /** MODE SELECT(6) or (10) with a list that was right before something happened to it. */
    Command modeSelect(Map<Integer, byte[]> pages) {
        boolean ten = random.nextBoolean();
        byte[] list = ModeParameters.list(
                pages.values().stream().filter(page -> random.nextBoolean()).toArray(byte[][]::new));
        if (!ten) {
            list = java.util.Arrays.copyOfRange(list, 4, list.length);
        }
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            list[random.nextInt(list.length)] ^= (byte) (1 << random.nextInt(8));
        }
        int said = random.nextInt(4) == 0 ? random.nextInt(list.length + 8) : list.length;
        int flags = random.nextBoolean() ? 0x10 : random.nextInt(4) == 0 ? 0x11 : 0;
        byte[] cdb = ten
                ? new byte[] {0x55, (byte) flags, 0, 0, 0, 0, 0, (byte) (said >> 8), (byte) said, 0}
                : new byte[] {0x15, (byte) flags, 0, 0, (byte) said, 0};
        return new Command(cdb, DataDirection.OUT, list, list.length);
    }
}
