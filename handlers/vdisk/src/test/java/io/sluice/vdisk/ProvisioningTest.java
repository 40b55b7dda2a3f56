// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UNMAP (SBC-4 5.35), WRITE SAME (SBC-4 5.52 f.) and GET LBA STATUS (SBC-4 5.8). */
final class ProvisioningTest {
    private static final int BLOCKS = 65536;
    private static final int UNMAP = 0x08;
    private static final int ANCHOR = 0x10;
    private static final int NDOB = 0x01;

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

    @Test
    void shouldUnmapEveryDescriptor() {
        byte[] data = filled(64 * 512, 0x61);
        disk.out(data, Cdb.block(0x2A, 0, 0, 64)).good();
        byte[] list = Cdb.unmapList(8, 8, 32, 3);
        disk.out(list, Cdb.unmap(list.length)).good();
        Arrays.fill(data, 8 * 512, 16 * 512, (byte) 0);
        Arrays.fill(data, 32 * 512, 35 * 512, (byte) 0);
        assertThat(disk.in(data.length, Cdb.block(0x28, 0, 0, 64)).data()).isEqualTo(data);
    }

    @Test
    void shouldUnmapNothingWithoutBlocks() {
        disk.none(Cdb.unmap(0)).good();
        disk.out(new byte[8], Cdb.unmap(8)).good();
        byte[] list = Cdb.unmapList(5, 0, BLOCKS, 0);
        disk.out(list, Cdb.unmap(list.length)).good();
        assertThat(store.calls).isEmpty();
    }

    @Test
    void shouldRefuseListsThatAreTooShort() {
        disk.out(new byte[7], Cdb.unmap(7))
                .check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        disk.out(Cdb.unmapList(0, 1), Cdb.unmap(40))
                .check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    }

    @Test
    void shouldIgnoreADescriptorThatIsCutOff() {
        byte[] list = Cdb.unmapList(0, 8, 16, 8);
        disk.out(list, Cdb.unmap(list.length - 1)).good();
        assertThat(store.calls).containsExactly("discard 0 4096");
    }

    @Test
    void shouldUnmapNothingWhenOneDescriptorIsWrong() {
        byte[] beyond = Cdb.unmapList(0, 8, BLOCKS - 1, 2);
        disk.out(beyond, Cdb.unmap(beyond.length)).outOfRange(BLOCKS);
        byte[] tooMuch = Cdb.unmapList(0, 8, 0, (1 << 20) + 1);
        disk.out(tooMuch, Cdb.unmap(tooMuch.length)).invalidParameter(32);
        byte[] tooMany = Cdb.unmapList(new long[1025 * 2]);
        disk.out(tooMany, Cdb.unmap(tooMany.length)).invalidParameter(2);
        assertThat(store.calls).isEmpty();
    }

    @Test
    void shouldRefuseAnchors() {
        disk.out(Cdb.unmapList(0, 1), Cdb.ten(0x42, 1, 0, 24)).invalidField(1, 0);
        disk.out(new byte[512], Cdb.block(0x41, ANCHOR, 0, 1)).invalidField(1, 4);
        disk.out(new byte[512], Cdb.block(0x93, ANCHOR | UNMAP, 0, 1)).invalidField(1, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x41, 0x93})
    void shouldWriteTheSameBlockManyTimes(int opcode) {
        byte[] block = ReadWriteTest.random(512);
        assertThat(disk.out(block, Cdb.block(opcode, 0, 100, 3000)).good().called())
                .isEqualTo(512);
        byte[] read = disk.in(3002 * 512, Cdb.block(0xA8, 0, 99, 3002)).data();
        assertThat(Arrays.copyOf(read, 512)).containsOnly(0);
        for (int i = 1; i <= 3000; i++) {
            assertThat(Arrays.equals(read, i * 512, i * 512 + 512, block, 0, 512))
                    .as("block %d", 99 + i)
                    .isTrue();
        }
        assertThat(Arrays.copyOfRange(read, 3001 * 512, 3002 * 512)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x41, 0x93})
    void shouldGiveSpaceBackForZerosWithUnmap(int opcode) {
        disk.out(new byte[512], Cdb.block(opcode, UNMAP, 8, 16)).good();
        assertThat(store.calls).containsExactly("discard 4096 8192");
        store.calls.clear();
        disk.out(new byte[512], Cdb.block(opcode, 0, 8, 16)).good();
        assertThat(store.calls).containsExactly("zero 4096 8192");
        store.calls.clear();
        disk.out(filled(512, 1), Cdb.block(opcode, UNMAP, 8, 16)).good();
        assertThat(store.calls).containsExactly(opcode == 0x93 ? "write" : "discard 4096 8192");
    }

    @Test
    void shouldWriteZerosWithoutADataOutBuffer() {
        disk.out(filled(4096, 7), Cdb.block(0x2A, 0, 0, 8)).good();
        assertThat(disk.none(Cdb.block(0x93, NDOB, 2, 3)).good().called()).isZero();
        byte[] read = disk.in(4096, Cdb.block(0x28, 0, 0, 8)).data();
        assertThat(Arrays.copyOfRange(read, 1024, 2560)).containsOnly(0);
        assertThat(read[1023]).isEqualTo((byte) 7);
        assertThat(read[2560]).isEqualTo((byte) 7);
        disk.out(new byte[512], Cdb.block(0x41, NDOB, 0, 1)).invalidField(1, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x41, 0x93})
    void shouldWriteUpToTheEndWithZeroBlocks(int opcode) {
        disk.out(filled(512, 9), Cdb.block(opcode, 0, BLOCKS - 3, 0)).good();
        assertThat(disk.in(2048, Cdb.block(0x28, 0, BLOCKS - 4, 4)).data())
                .containsExactly(concat(new byte[512], filled(1536, 9)));
        disk.out(filled(512, 9), Cdb.block(opcode, 0, BLOCKS + 1, 0)).outOfRange(BLOCKS + 1);
        disk.out(filled(512, 9), Cdb.block(opcode, 0, BLOCKS - 1, 2)).outOfRange(BLOCKS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x41, 0x93})
    void shouldRefuseAnotherAmountOfDataThanOneBlock(int opcode) {
        for (int length : new int[] {256, 1024}) {
            disk.out(new byte[length], Cdb.block(opcode, 0, 0, 1))
                    .check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
        }
        disk.out(new byte[512], Cdb.block(opcode, 1 << 5, 0, 1)).invalidField(1, 5);
    }

    @Test
    void shouldRefuseToWriteTheSameLongerThanAdvertised() throws Exception {
        try (DiskRig large = DiskRig.open(home, "backend", "null")) {
            ByteBuffer limits =
                    large.in(64, Cdb.of(0x12, 1, 0xB0, 0, 64, 0)).good().buffer();
            long max = limits.getLong(36);
            large.out(new byte[512], Cdb.block(0x93, 0, 0, max)).good();
            large.out(new byte[512], Cdb.block(0x93, 0, 0, max + 1)).invalidField(10, -1);
            large.out(new byte[512], Cdb.block(0x93, 0, 0, 0)).invalidField(10, -1);
        }
    }

    @Test
    void shouldReportWhatIsMapped() {
        disk.out(filled(16 * 512, 1), Cdb.block(0x2A, 0, 16, 16)).good();
        ByteBuffer status = lbaStatus(0, 8 + 16 * 10);
        assertThat(status.limit()).isEqualTo(8 + 3 * 16);
        assertThat(status.getInt(0)).isEqualTo(4 + 3 * 16);
        assertDescriptor(status, 0, 0, 16, 1);
        assertDescriptor(status, 1, 16, 16, 0);
        assertDescriptor(status, 2, 32, BLOCKS - 32, 1);
        assertDescriptor(lbaStatus(20, 24), 0, 20, 12, 0);
    }

    @Test
    void shouldReportOneDescriptorAtLeastAndCutAtTheAllocationLength() {
        DeviceAnswer answer = disk.in(512, Cdb.sixteen(0x9E, 0x12, 0, 10)).good();
        assertThat(answer.data()).hasSize(10);
        assertThat(answer.buffer().getInt(0)).isEqualTo(20);
        disk.in(24, Cdb.sixteen(0x9E, 0x12, BLOCKS, 24)).outOfRange(BLOCKS);
        assertDescriptor(lbaStatus(BLOCKS - 1, 24), 0, BLOCKS - 1, 1, 1);
    }

    @Test
    void shouldNotOfferUnmapOnAThickDisk() throws Exception {
        try (DiskRig thick = DiskRig.open(home, "backend", "ram", "size", "1MiB", "thin", false)) {
            byte[] list = Cdb.unmapList(0, 1);
            thick.out(list, Cdb.unmap(list.length))
                    .check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
            thick.out(new byte[512], Cdb.block(0x41, UNMAP, 0, 1)).invalidField(1, 3);
            assertThat(thick.in(32, Cdb.sixteen(0x9E, 0x10, 0, 32)).data()[14]).isZero();
            ByteBuffer limits =
                    thick.in(64, Cdb.of(0x12, 1, 0xB0, 0, 64, 0)).good().buffer();
            assertThat(limits.getInt(20)).isZero();
            assertThat(limits.getInt(24)).isZero();
            assertDescriptor(thick.in(24, Cdb.sixteen(0x9E, 0x12, 0, 24)).buffer(), 0, 0, 2048, 0);
        }
    }

    private ByteBuffer lbaStatus(long lba, int allocation) {
        return disk.in(allocation, Cdb.sixteen(0x9E, 0x12, lba, allocation))
                .good()
                .buffer();
    }

    private static void assertDescriptor(ByteBuffer status, int index, long lba, int blocks, int state) {
        int at = 8 + index * 16;
        assertThat(status.getLong(at)).isEqualTo(lba);
        assertThat(status.getInt(at + 8)).isEqualTo(blocks);
        assertThat(status.get(at + 12)).isEqualTo((byte) state);
    }

    private static byte[] filled(int length, int value) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) value);
        return data;
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
