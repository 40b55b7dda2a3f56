// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.scsi.OpCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** READ and WRITE (SBC-4 5.15 to 5.18 and 5.40 to 5.43). */
final class ReadWriteTest {
    private static final int BLOCKS = 100_000;
    private static final int FUA = 0x08;
    private static final int DPO = 0x10;

    @TempDir
    Path home;

    private FakeStore store;
    private DiskRig disk;

    @BeforeEach
    void open() throws Exception {
        store = new FakeStore(BLOCKS * 512L);
        disk = DiskRig.over(home, store, "write_through", false);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @ParameterizedTest
    @CsvSource({"0x08, 0x0A", "0x28, 0x2A", "0xA8, 0xAA", "0x88, 0x8A"})
    void shouldReadWhatWasWritten(int read, int write) {
        byte[] data = random(3 * 512);
        disk.out(data, Cdb.block(write, 0, 1000, 3)).good();
        assertThat(disk.in(3 * 512, Cdb.block(read, 0, 1000, 3)).good().data()).isEqualTo(data);
        assertThat(disk.in(512, Cdb.block(read, 0, 1003, 1)).good().data()).containsOnly(0);
        assertThat(disk.in(512, Cdb.block(read, 0, 999, 1)).good().data()).containsOnly(0);
    }

    @Test
    void shouldTakeZeroAs256InSixByteCdbs() {
        byte[] data = random(256 * 512);
        disk.out(data, Cdb.six(OpCode.WRITE_6, 5, 0)).good();
        DeviceAnswer answer = disk.in(256 * 512, Cdb.six(OpCode.READ_6, 5, 0)).good();
        assertThat(answer.called()).isEqualTo(256 * 512);
        assertThat(answer.data()).isEqualTo(data);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x08, 0x28, 0xA8, 0x88})
    void shouldReadTheLastBlockAndRefuseTheNext(int opcode) {
        disk.in(512, Cdb.block(opcode, 0, BLOCKS - 1, 1)).good();
        disk.in(1024, Cdb.block(opcode, 0, BLOCKS - 1, 2)).outOfRange(BLOCKS);
        disk.in(512, Cdb.block(opcode, 0, BLOCKS, 1)).outOfRange(BLOCKS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0A, 0x2A, 0xAA, 0x8A})
    void shouldWriteTheLastBlockAndRefuseTheNext(int opcode) {
        byte[] data = random(1024);
        disk.out(Arrays.copyOf(data, 512), Cdb.block(opcode, 0, BLOCKS - 1, 1)).good();
        disk.out(data, Cdb.block(opcode, 0, BLOCKS - 1, 2)).outOfRange(BLOCKS);
        disk.out(Arrays.copyOf(data, 512), Cdb.block(opcode, 0, BLOCKS, 1)).outOfRange(BLOCKS);
        assertThat(disk.in(512, Cdb.block(0x28, 0, BLOCKS - 1, 1)).data()).isEqualTo(Arrays.copyOf(data, 512));
    }

    @ParameterizedTest
    @CsvSource({"0x28", "0x2A", "0xA8", "0xAA", "0x88", "0x8A"})
    void shouldCheckTheAddressOfZeroBlocks(int opcode) {
        disk.none(Cdb.block(opcode, 0, 0, 0)).good();
        disk.none(Cdb.block(opcode, 0, BLOCKS - 1, 0)).good();
        disk.none(Cdb.block(opcode, 0, BLOCKS + 1, 0)).outOfRange(BLOCKS + 1);
    }

    @Test
    void shouldNotBeFooledBySumsThatOverflow() {
        disk.in(512, Cdb.sixteen(OpCode.READ_16, 0, -1, 1))
                .check(
                        io.sluice.scsi.SenseKey.ILLEGAL_REQUEST,
                        io.sluice.scsi.AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
        disk.in(512, Cdb.sixteen(OpCode.READ_16, 0, Long.MIN_VALUE, 1))
                .check(
                        io.sluice.scsi.SenseKey.ILLEGAL_REQUEST,
                        io.sluice.scsi.AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
        disk.in(512, Cdb.sixteen(OpCode.READ_16, 0, 1, 0xFFFF_FFFFL)).outOfRange(BLOCKS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x28, 0xA8, 0x88, 0x2A, 0xAA, 0x8A})
    void shouldRefuseProtectionInformation(int opcode) {
        for (int protect = 1; protect < 8; protect++) {
            int highest = 7 - (protect >= 4 ? 0 : protect >= 2 ? 1 : 2);
            disk.out(new byte[512], Cdb.block(opcode, protect << 5, 0, 1)).invalidField(1, highest);
        }
    }

    @ParameterizedTest
    @CsvSource({"0xA8, 6", "0xAA, 6", "0x88, 10", "0x8A, 10"})
    void shouldRefuseMoreThanItAdvertises(int opcode, int lengthByte) {
        disk.none(Cdb.block(opcode, 0, 0, 32769)).invalidField(lengthByte, -1);
        assertThat(disk.none(Cdb.block(opcode, 0, 0, 32768)).good().called()).isEqualTo(16 << 20);
    }

    @Test
    void shouldWriteDurablyOnlyWhenAskedTo() {
        disk.out(new byte[512], Cdb.block(0x2A, 0, 0, 1)).good();
        disk.out(new byte[512], Cdb.block(0x2A, FUA, 0, 1)).good();
        disk.out(new byte[512], Cdb.block(0x2A, DPO, 0, 1)).good();
        assertThat(store.calls).containsExactly("write", "write durable", "write");
    }

    @Test
    void shouldReadTheMediumWhenAskedTo() {
        disk.in(512, Cdb.block(0x28, 0, 0, 1)).good();
        disk.in(512, Cdb.block(0x28, FUA, 0, 1)).good();
        disk.in(512, Cdb.block(0x28, DPO, 0, 1)).good();
        assertThat(store.calls).containsExactly("read", "readMedium", "read");
    }

    @Test
    void shouldReadNoMoreThanTheInitiatorExpects() {
        byte[] data = random(1024);
        disk.out(data, Cdb.block(0x2A, 0, 0, 2)).good();
        DeviceAnswer answer = disk.in(200, Cdb.block(0x28, 0, 0, 2)).good();
        assertThat(answer.called()).isEqualTo(1024);
        assertThat(answer.data()).isEqualTo(Arrays.copyOf(data, 200));
    }

    @Test
    void shouldWriteTheWholeBlocksThatTheInitiatorSent() {
        byte[] before = random(1536);
        disk.out(before, Cdb.block(0x2A, 0, 0, 3)).good();
        byte[] sent = random(700);
        assertThat(disk.out(sent, Cdb.block(0x2A, 0, 0, 3)).good().called()).isEqualTo(1536);
        System.arraycopy(sent, 0, before, 0, 512);
        assertThat(disk.in(1536, Cdb.block(0x28, 0, 0, 3)).data()).isEqualTo(before);
    }

    @Test
    void shouldIgnoreDataBeyondTheTransferLength() {
        byte[] sent = random(1024);
        assertThat(disk.out(sent, Cdb.block(0x2A, 0, 0, 1)).good().called()).isEqualTo(512);
        assertThat(disk.in(512, Cdb.block(0x28, 0, 1, 1)).data()).containsOnly(0);
    }

    @Test
    void shouldRunSmallReadsAtOnceOnlyWhenTheStoreHasThem() {
        assertThat(disk.tryExecutes(512, Cdb.block(0x28, 0, 0, 1))).isTrue();
        assertThat(disk.tryExecutes(128 << 10, Cdb.block(0x28, 0, 0, 256))).isFalse();
        assertThat(disk.tryExecutes(512, Cdb.block(0x28, FUA, 0, 1))).isFalse();
        assertThat(disk.tryExecutes(512, Cdb.block(0x28, 0, BLOCKS, 1))).isFalse();
        assertThat(disk.tryExecutes(0, Cdb.of(0, 0, 0, 0, 0, 0))).isTrue();
        store.cold = true;
        assertThat(disk.tryExecutes(512, Cdb.block(0x28, 0, 0, 1))).isFalse();
    }

    @Test
    void shouldRunSmallWritesAtOnceOnlyWhenTheStoreTakesThem() {
        byte[] sent = random(4096);
        assertThat(disk.tryExecutes(sent, Cdb.block(0x2A, 0, 8, 8))).isTrue();
        assertThat(disk.in(4096, Cdb.block(0x28, 0, 8, 8)).data()).isEqualTo(sent);
        assertThat(disk.tryExecutes(sent, Cdb.block(0x2A, FUA, 8, 8))).isFalse();
        assertThat(disk.tryExecutes(sent, Cdb.block(0x2A, 0, BLOCKS - 7, 8))).isFalse();
        assertThat(disk.tryExecutes(sent, Cdb.block(0x2A, 0, 8, 9)))
                .as("less data than blocks")
                .isFalse();
        assertThat(disk.tryExecutes(random(128 << 10), Cdb.block(0x2A, 0, 0, 256)))
                .isFalse();
        store.cold = true;
        assertThat(disk.tryExecutes(sent, Cdb.block(0x2A, 0, 8, 8))).isFalse();
    }

    static byte[] random(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }
}
