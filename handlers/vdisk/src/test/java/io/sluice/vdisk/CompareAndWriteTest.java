// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.StoreFailure;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** COMPARE AND WRITE (SBC-4 5.3), alone. What happens beside others: {@link WriteGateTest}. */
final class CompareAndWriteTest {
    private static final int SIZE = 4 << 20;
    private static final int BLOCKS = SIZE / 512;
    private static final int MAX_BLOCKS = 128;
    private static final int LBA = 100;
    private static final int DPO = 0x10;
    private static final int FUA = 0x08;

    /** Bits that the CDB may have set. */
    private static final byte[] USAGE = Cdb.of(0x89, 0x18, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, -1, 0x3F);

    @TempDir
    Path home;

    private FakeStore store;
    private DiskRig disk;

    @BeforeEach
    void open() throws Exception {
        store = new FakeStore(SIZE);
        disk = DiskRig.over(home, store);
    }

    @AfterEach
    void close() throws Exception {
        disk.close();
    }

    private byte[] blocks(int lba, int count) {
        return disk.in(count * 512, Cdb.block(0x88, 0, lba, count)).good().data();
    }

    private byte[] fill(int lba, int count) {
        byte[] data = ReadWriteTest.random(count * 512);
        disk.out(data, Cdb.block(0x8A, 0, lba, count)).good();
        store.calls.clear();
        return data;
    }

    private static byte[] both(byte[] verify, byte[] write) {
        byte[] data = Arrays.copyOf(verify, verify.length + write.length);
        System.arraycopy(write, 0, data, verify.length, write.length);
        return data;
    }

    private static byte[] anything(int blocks) {
        return new byte[2 * blocks * 512];
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 17, MAX_BLOCKS})
    void shouldWriteWhatComparedEqualAndNothingElse(int count) {
        byte[] there = fill(LBA - 1, count + 2);
        byte[] write = ReadWriteTest.random(count * 512);
        byte[] data = both(Arrays.copyOfRange(there, 512, 512 + count * 512), write);
        DeviceAnswer answer = disk.out(data, Cdb.compareAndWrite(0, LBA, count)).good();
        assertThat(answer.called()).isEqualTo(2L * count * 512);
        System.arraycopy(write, 0, there, 512, write.length);
        assertThat(blocks(LBA - 1, count + 2)).isEqualTo(there);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 1000, 1535})
    void shouldTellWhereItDiffersAndWriteNothing(int wrong) {
        byte[] there = fill(LBA, 3);
        byte[] verify = there.clone();
        verify[wrong] ^= (byte) 0x40;
        verify[1535] ^= 2; // the first one counts
        SenseData sense = disk.out(both(verify, new byte[1536]), Cdb.compareAndWrite(0, LBA, 3))
                .check(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION);
        assertThat(sense.hasInformation()).isTrue();
        assertThat(sense.information()).isEqualTo(wrong);
        assertThat(store.calls).containsExactly("read");
        assertThat(blocks(LBA, 3)).isEqualTo(there);
    }

    @Test
    void shouldUseTheMediumWithForceUnitAccess() {
        disk.out(anything(1), Cdb.compareAndWrite(DPO, 0, 1)).good();
        assertThat(store.calls).containsExactly("read", "write");
        store.calls.clear();
        disk.out(anything(1), Cdb.compareAndWrite(FUA | DPO, 0, 1)).good();
        assertThat(store.calls).containsExactly("readMedium", "write durable");
    }

    @Test
    void shouldBeOnTheMediumWithWriteThrough() throws Exception {
        try (DiskRig through = DiskRig.over(home, store, "write_through", true)) {
            through.out(anything(1), Cdb.compareAndWrite(0, 0, 1)).good();
            assertThat(store.calls).containsExactly("read", "write durable");
        }
    }

    @Test
    void shouldRefuseProtectionAndReservedBits() {
        for (int index = 1; index < USAGE.length; index++) {
            for (int bit = 0; bit < 8; bit++) {
                if (((USAGE[index] >> bit) & 1) == 0) {
                    byte[] cdb = Cdb.compareAndWrite(0, 0, 1);
                    cdb[index] |= (byte) (1 << bit);
                    disk.out(anything(1), cdb).invalidField(index, bit);
                }
            }
        }
        assertThat(store.calls).isEmpty();
    }

    @Test
    void shouldIgnoreTheGroup() {
        byte[] cdb = Cdb.compareAndWrite(0, 0, 1);
        cdb[14] = 0x3F;
        disk.out(anything(1), cdb).good();
    }

    @Test
    void shouldRefuseBlocksBeyondTheEnd() {
        disk.out(anything(1), Cdb.compareAndWrite(0, BLOCKS, 1)).outOfRange(BLOCKS);
        disk.out(anything(2), Cdb.compareAndWrite(0, BLOCKS - 1, 2)).outOfRange(BLOCKS);
        disk.out(anything(1), Cdb.compareAndWrite(0, -1, 1)).outOfRange(-1);
        disk.out(anything(1), Cdb.compareAndWrite(0, 1L << 32, 1)).outOfRange(1L << 32);
        assertThat(store.calls).isEmpty();
        disk.out(anything(1), Cdb.compareAndWrite(0, BLOCKS - 1, 1)).good();
    }

    @Test
    void shouldDoNothingForNoBlocks() {
        assertThat(disk.none(Cdb.compareAndWrite(0, 5, 0)).good().called()).isZero();
        disk.none(Cdb.compareAndWrite(0, BLOCKS, 0)).outOfRange(BLOCKS);
        assertThat(store.calls).isEmpty();
    }

    @Test
    void shouldRefuseMoreThanAdvertised() {
        byte[] limits = disk.in(64, Cdb.of(0x12, 1, 0xB0, 0, 64, 0)).good().data();
        assertThat(limits[5] & 0xFF).isEqualTo(MAX_BLOCKS);
        disk.out(anything(MAX_BLOCKS + 1), Cdb.compareAndWrite(0, 0, MAX_BLOCKS + 1))
                .invalidField(13, -1);
        disk.out(anything(255), Cdb.compareAndWrite(0, 0, 255)).invalidField(13, -1);
        assertThat(store.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 512, 1024, 1536, 2047, 2049, 4096})
    void shouldRefuseTooLittleAndTooMuchData(int length) {
        disk.out(new byte[length], Cdb.compareAndWrite(0, 0, 2)).invalidField(13, -1);
        assertThat(store.calls).isEmpty();
    }

    /** 256 blocks in a field of one byte are none; the data tells that something else was meant. */
    @Test
    void shouldRefuseDataForNoBlocks() {
        disk.out(anything(256), Cdb.compareAndWrite(0, 0, 0)).invalidField(13, -1);
    }

    @Test
    void shouldNotWriteWhatIsProtected() throws Exception {
        try (DiskRig readOnly = DiskRig.over(home, store, "read_only", true)) {
            readOnly.out(anything(1), Cdb.compareAndWrite(0, 0, 1))
                    .check(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
        }
        assertThat(store.calls).isEmpty();
    }

    @Test
    void shouldNeedAMedium() throws Exception {
        try (DiskRig removable = DiskRig.over(home, store, "removable", true)) {
            removable.none(Cdb.of(0x1B, 0, 0, 0, 2, 0)).good();
            removable
                    .out(anything(1), Cdb.compareAndWrite(0, 0, 1))
                    .check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        }
    }

    @Test
    void shouldTellOfAFailingMedium() {
        store.fail(StoreFailure.MEDIUM, 512);
        assertThat(disk.out(anything(2), Cdb.compareAndWrite(0, LBA, 2))
                        .check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)
                        .information())
                .isEqualTo(LBA + 1);
    }

    @Test
    void shouldTellOfAWriteThatFailed() {
        store.onCall = call -> {
            if (call.equals("write")) {
                store.fail(StoreFailure.NO_SPACE, 0);
            }
        };
        assertThat(disk.out(anything(2), Cdb.compareAndWrite(0, LBA, 2))
                        .check(SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT)
                        .information())
                .isEqualTo(LBA);
    }

    @Test
    void shouldEndWithAnInternalFailureWhenItThrows() {
        store.onCall = call -> {
            throw new IllegalArgumentException("planted");
        };
        disk.out(anything(1), Cdb.compareAndWrite(0, 0, 1))
                .check(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);
        store.onCall = call -> {};
        disk.out(anything(1), Cdb.compareAndWrite(0, 0, 1)).good();
        disk.out(new byte[512], Cdb.block(0x2A, 0, 0, 1)).good();
    }
}
