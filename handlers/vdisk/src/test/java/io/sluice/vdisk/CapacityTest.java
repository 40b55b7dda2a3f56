// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** READ CAPACITY (SBC-4 5.20 f.) and the VPD pages of a disk (SBC-4 6.6). */
final class CapacityTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({"512, 4096, 3", "512, 512, 0", "4096, 4096, 0", "4096, 65536, 4"})
    void shouldReportCapacityAndBlocks(long blockSize, long physical, int exponent) throws Exception {
        try (DiskRig disk = DiskRig.open(
                home, "backend", "ram", "size", "2MiB", "block_size", blockSize, "physical_block_size", physical)) {
            ByteBuffer ten = disk.in(8, Cdb.ten(0x25, 0, 0, 0)).good().buffer();
            assertThat(ten.getInt(0)).isEqualTo((int) ((2 << 20) / blockSize) - 1);
            assertThat(ten.getInt(4)).isEqualTo((int) blockSize);
            ByteBuffer sixteen =
                    disk.in(32, Cdb.sixteen(0x9E, 0x10, 0, 32)).good().buffer();
            assertThat(sixteen.limit()).isEqualTo(32);
            assertThat(sixteen.getLong(0)).isEqualTo((2 << 20) / blockSize - 1);
            assertThat(sixteen.getInt(8)).isEqualTo((int) blockSize);
            assertThat(sixteen.get(12)).isZero();
            assertThat(sixteen.get(13)).isEqualTo((byte) exponent);
            assertThat(sixteen.getShort(14)).isEqualTo((short) 0xC000);
        }
    }

    @Test
    void shouldSayThatTenBytesDoNotReach() throws Exception {
        try (DiskRig disk = DiskRig.open(home, "backend", "null", "size", "4TiB")) {
            assertThat(disk.in(8, Cdb.ten(0x25, 0, 0, 0)).good().buffer().getInt(0))
                    .isEqualTo(-1);
            assertThat(disk.in(32, Cdb.sixteen(0x9E, 0x10, 0, 32))
                            .good()
                            .buffer()
                            .getLong(0))
                    .isEqualTo((4L << 40) / 512 - 1);
        }
    }

    @Test
    void shouldLookAtTheWholeAddressOfAPartialMediumIndicator() throws Exception {
        try (DiskRig disk = DiskRig.open(home, "backend", "ram", "size", "1MiB")) {
            disk.in(8, Cdb.ten(0x25, 0, 1, 0)).invalidField(2, -1);
            byte[] pmi = Cdb.ten(0x25, 0, 5, 0);
            pmi[8] = 1;
            disk.in(8, pmi).good();
            byte[] sixteen = Cdb.sixteen(0x9E, 0x10, 1L << 40, 32);
            disk.in(32, sixteen).invalidField(2, -1);
            sixteen[14] = 1;
            disk.in(32, sixteen).outOfRange(1L << 40);
        }
    }

    @Test
    void shouldCutAtTheAllocationLength() throws Exception {
        try (DiskRig disk = DiskRig.open(home, "backend", "ram", "size", "1MiB")) {
            for (int allocation : new int[] {0, 1, 12, 31, 32, 100}) {
                assertThat(disk.in(512, Cdb.sixteen(0x9E, 0x10, 0, allocation))
                                .good()
                                .data())
                        .hasSize(Math.min(allocation, 32));
            }
        }
    }

    @Test
    void shouldDescribeItsLimits() throws Exception {
        try (DiskRig disk =
                DiskRig.open(home, "backend", "ram", "size", "1MiB", "optimal_transfer", "64KiB", "rotational", true)) {
            assertThat(vpd(disk, 0x00)).isEqualTo(Cdb.of(0, 0, 0, 7, 0x00, 0x80, 0x83, 0x86, 0xB0, 0xB1, 0xB2));
            ByteBuffer limits = ByteBuffer.wrap(vpd(disk, 0xB0));
            assertThat(limits.limit()).isEqualTo(64);
            assertThat(limits.get(5)).isEqualTo((byte) 128);
            assertThat(limits.getShort(6)).isEqualTo((short) 8);
            assertThat(limits.getInt(8)).isEqualTo(32768);
            assertThat(limits.getInt(12)).isEqualTo(128);
            assertThat(limits.getInt(20)).isEqualTo(1 << 20);
            assertThat(limits.getInt(24)).isEqualTo(1024);
            assertThat(limits.getInt(28)).isEqualTo(8);
            assertThat(limits.getInt(32)).isEqualTo(0x8000_0000);
            assertThat(vpd(disk, 0xB1)).hasSize(64).startsWith(Cdb.of(0, 0xB1, 0, 60, 0x1C, 0x20));
            assertThat(vpd(disk, 0xB2)).isEqualTo(Cdb.of(0, 0xB2, 0, 4, 0, 0xE4, 2, 0));
            disk.in(64, Cdb.of(0x12, 1, 0xB3, 0, 64, 0)).invalidField(2, -1);
        }
    }

    @Test
    void shouldKeepItsNameWhenItIsOpenedAgain() throws Exception {
        byte[] first;
        byte[] serial;
        try (DiskRig disk = DiskRig.open(home, "backend", "null")) {
            first = vpd(disk, 0x83);
            serial = vpd(disk, 0x80);
        }
        try (DiskRig disk = DiskRig.open(home, "backend", "null")) {
            assertThat(vpd(disk, 0x83)).isEqualTo(first);
            assertThat(vpd(disk, 0x80)).isEqualTo(serial);
        }
    }

    private static byte[] vpd(DiskRig disk, int page) {
        return disk.in(255, Cdb.of(0x12, 1, page, 0, 255, 0)).good().data();
    }
}
