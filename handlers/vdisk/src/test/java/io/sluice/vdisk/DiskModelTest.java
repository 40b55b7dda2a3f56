// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random commands against a disk and against an array of bytes. */
final class DiskModelTest {
    private static final int SIZE = 4 << 20;
    private static final int[] READS = {0x08, 0x28, 0xA8, 0x88};
    private static final int[] WRITES = {0x0A, 0x2A, 0xAA, 0x8A, 0x2E, 0xAE, 0x8E};
    private static final int[] VERIFIES = {0x2F, 0xAF, 0x8F};

    @TempDir
    Path home;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final byte[] model = new byte[SIZE];

    @ParameterizedTest
    @CsvSource({
        "file, 512, false",
        "file, 4096, false",
        "file, 512, true",
        "direct, 512, false",
        "direct, 4096, true",
        "ram, 512, false",
        "ram, 4096, false"
    })
    void shouldBehaveLikeAnArrayOfBlocks(String backend, long blockSize, boolean writeThrough) throws Exception {
        try (DiskRig disk = open(backend, blockSize, writeThrough)) {
            int bs = (int) blockSize;
            int steps = writeThrough ? 400 : 2500;
            for (int step = 0; step < steps; step++) {
                step(disk, bs);
            }
            for (int at = 0; at < SIZE; at += 1 << 20) {
                assertThat(disk.in(1 << 20, Cdb.block(0x88, 0, at / bs, (1 << 20) / bs))
                                .good()
                                .data())
                        .as("seed %d", seed)
                        .isEqualTo(Arrays.copyOfRange(model, at, at + (1 << 20)));
            }
        }
    }

    private DiskRig open(String backend, long blockSize, boolean writeThrough) throws Exception {
        if (backend.equals("ram")) {
            return DiskRig.open(home, "backend", backend, "size", (long) SIZE, "block_size", blockSize);
        }
        try {
            return DiskRig.open(
                    home,
                    "backend",
                    backend,
                    "path",
                    home.resolve("disk.img").toString(),
                    "size",
                    (long) SIZE,
                    "block_size",
                    blockSize,
                    "write_through",
                    writeThrough);
        } catch (java.io.IOException e) {
            Assumptions.assumeFalse(
                    String.valueOf(e.getMessage()).contains("refuses O_DIRECT"), "SKIPPED: " + e.getMessage());
            throw e;
        }
    }

    private void step(DiskRig disk, int bs) {
        int lba = random.nextInt(SIZE / bs);
        int blocks = Math.min(1 + random.nextInt(96 * 512 / bs), SIZE / bs - lba);
        int from = lba * bs;
        int length = blocks * bs;
        switch (random.nextInt(9)) {
            case 0, 1, 2 -> {
                byte[] data = new byte[length];
                random.nextBytes(data);
                disk.out(data, Cdb.block(pick(WRITES), 0, lba, blocks)).good();
                System.arraycopy(data, 0, model, from, length);
            }
            case 3 -> {
                byte[] list = Cdb.unmapList(lba, blocks);
                disk.out(list, Cdb.unmap(list.length)).good();
                Arrays.fill(model, from, from + length, (byte) 0);
            }
            case 4 -> {
                byte[] block = new byte[bs];
                boolean sixteen = random.nextBoolean();
                int unmap = random.nextBoolean() ? 0x08 : 0;
                // WRITE SAME(10) with UNMAP does not look at the block.
                if (random.nextBoolean() && (sixteen || unmap == 0)) {
                    random.nextBytes(block);
                }
                disk.out(block, Cdb.block(sixteen ? 0x93 : 0x41, unmap, lba, blocks))
                        .good();
                for (int i = 0; i < blocks; i++) {
                    System.arraycopy(block, 0, model, from + i * bs, bs);
                }
            }
            case 5 -> verify(disk, lba, blocks, from, length);
            case 6 -> compareAndWrite(disk, lba, blocks, from, length);
            default -> {
                int opcode = pick(READS);
                assertThat(disk.in(length, Cdb.block(opcode, 0, lba, blocks))
                                .good()
                                .data())
                        .as("seed %d, %02Xh, lba %d, blocks %d", seed, opcode, lba, blocks)
                        .isEqualTo(Arrays.copyOfRange(model, from, from + length));
            }
        }
    }

    private void verify(DiskRig disk, int lba, int blocks, int from, int length) {
        byte[] data = Arrays.copyOfRange(model, from, from + length);
        byte[] cdb = Cdb.block(pick(VERIFIES), 0x02, lba, blocks);
        disk.out(data, cdb).good();
        int wrong = random.nextInt(length);
        data[wrong] ^= (byte) (1 << random.nextInt(8));
        assertThat(disk.out(data, cdb)
                        .check(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION)
                        .information())
                .as("seed %d", seed)
                .isEqualTo(wrong);
    }

    private void compareAndWrite(DiskRig disk, int lba, int blocks, int from, int length) {
        byte[] data = new byte[2 * length];
        random.nextBytes(data);
        System.arraycopy(model, from, data, 0, length);
        int wrong = random.nextInt(length);
        data[wrong] ^= 1;
        byte[] cdb = Cdb.compareAndWrite(0, lba, blocks);
        assertThat(disk.out(data, cdb)
                        .check(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION)
                        .information())
                .as("seed %d", seed)
                .isEqualTo(wrong);
        data[wrong] ^= 1;
        disk.out(data, cdb).good();
        System.arraycopy(data, length, model, from, length);
    }

    private int pick(int[] opcodes) {
        return opcodes[random.nextInt(opcodes.length)];
    }
}
