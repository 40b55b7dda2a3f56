// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.StoreFailure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** VERIFY (SBC-4 5.36 ff.) and WRITE AND VERIFY (SBC-4 5.45 ff.). */
final class VerifyTest {
    private static final int BLOCKS = 65536;
    private static final int BYTCHK_ALL = 1 << 1;
    private static final int BYTCHK_ONE = 3 << 1;

    @TempDir
    Path home;

    private FakeStore store;
    private DiskRig disk;

    @BeforeEach
    void open() throws Exception {
        store = new FakeStore(BLOCKS * 512L);
        disk = DiskRig.over(home, store);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x2F, 0xAF, 0x8F})
    void shouldCompareEveryByte(int opcode) {
        byte[] data = ReadWriteTest.random(4 * 512);
        disk.out(data, Cdb.block(0x2A, 0, 7, 4)).good();
        assertThat(disk.out(data, Cdb.block(opcode, BYTCHK_ALL, 7, 4)).good().called())
                .isEqualTo(2048);
        data[1500] ^= 1;
        long offset = disk.out(data, Cdb.block(opcode, BYTCHK_ALL, 7, 4))
                .check(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION)
                .information();
        assertThat(offset).isEqualTo(1500);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x2F, 0xAF, 0x8F})
    void shouldCompareOneBlockWithMany(int opcode) {
        byte[] block = ReadWriteTest.random(512);
        for (int lba = 0; lba < 5; lba++) {
            disk.out(block, Cdb.block(0x2A, 0, lba, 1)).good();
        }
        assertThat(disk.out(block, Cdb.block(opcode, BYTCHK_ONE, 0, 5)).good().called())
                .isEqualTo(512);
        assertThat(disk.out(block, Cdb.block(opcode, BYTCHK_ONE, 0, 6))
                        .check(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION)
                        .hasInformation())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x2F, 0xAF, 0x8F})
    void shouldReadTheMediumWithoutData(int opcode) {
        assertThat(disk.none(Cdb.block(opcode, 0, 0, 5000)).good().called()).isZero();
        assertThat(store.calls).isNotEmpty().containsOnly("readMedium");
        store.fail(StoreFailure.MEDIUM, 512 * 3);
        assertThat(disk.none(Cdb.block(opcode, 0, 10, 100))
                        .check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)
                        .information())
                .isEqualTo(13);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x2F, 0xAF, 0x8F, 0x2E, 0xAE, 0x8E})
    void shouldRefuseReservedByteChecksAndProtection(int opcode) {
        disk.out(new byte[512], Cdb.block(opcode, 2 << 1, 0, 1)).invalidField(1, 2);
        disk.out(new byte[512], Cdb.block(opcode, 1 << 5, 0, 1)).invalidField(1, 5);
        disk.out(new byte[512], Cdb.block(opcode, 0, BLOCKS, 1)).outOfRange(BLOCKS);
        disk.none(Cdb.block(opcode, 0, BLOCKS - 1, 0)).good();
        disk.none(Cdb.block(opcode, 0, BLOCKS + 1, 0)).outOfRange(BLOCKS + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x2E, 0xAE, 0x8E})
    void shouldWriteToTheMediumAndReadItBack(int opcode) {
        byte[] data = ReadWriteTest.random(1024);
        assertThat(disk.out(data, Cdb.block(opcode, 0, 3, 2)).good().called()).isEqualTo(1024);
        assertThat(store.calls).containsExactly("write durable", "readMedium");
        disk.out(data, Cdb.block(opcode, BYTCHK_ALL, 5, 2)).good();
        assertThat(disk.in(2048, Cdb.block(0x28, 0, 3, 4)).data())
                .startsWith(data)
                .endsWith(data);
    }

    @Test
    void shouldRefuseSingleBlockCheckWhenWriting() {
        disk.out(new byte[512], Cdb.block(0x2E, BYTCHK_ONE, 0, 1)).invalidField(1, 2);
    }

    @Test
    void shouldCompareAcrossItsOwnBuffer() {
        byte[] data = ReadWriteTest.random(3 << 20);
        disk.out(data, Cdb.block(0xAA, 0, 0, data.length / 512)).good();
        disk.out(data, Cdb.block(0xAF, BYTCHK_ALL, 0, data.length / 512)).good();
        data[(2 << 20) + 77] ^= (byte) 0x80;
        assertThat(disk.out(data, Cdb.block(0xAF, BYTCHK_ALL, 0, data.length / 512))
                        .check(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION)
                        .information())
                .isEqualTo((2 << 20) + 77);
    }
}
