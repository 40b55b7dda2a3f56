// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the mode pages do to reads and writes. */
final class ModeTest {
    private static final int WCE = 0x04;
    private static final int RCD = 0x01;
    private static final int SWP = 0x08;

    @TempDir
    Path home;

    @Test
    void shouldHaveItsPages() throws Exception {
        try (DiskRig disk = DiskRig.over(home, new FakeStore(1 << 20))) {
            byte[] all = disk.in(255, Cdb.of(0x1A, 0, 0x3F, 0, 255, 0)).good().data();
            assertThat(all).hasSize(4 + 8 + 12 + 20 + 12 + 12);
            assertThat(all[2]).isEqualTo((byte) 0x10);
            assertThat(Arrays.copyOfRange(all, 4, 12)).isEqualTo(Cdb.of(0, 0, 8, 0, 0, 0, 2, 0));
            assertThat(all[12] & 0x3F).isEqualTo(0x01);
            assertThat(all[24] & 0x3F).isEqualTo(0x08);
            assertThat(all[44] & 0x3F).isEqualTo(0x0A);
            assertThat(all[56] & 0x3F).isEqualTo(0x1C);
        }
    }

    @Test
    void shouldWriteThroughWhenTheCacheIsTurnedOff() throws Exception {
        FakeStore store = new FakeStore(1 << 20);
        try (DiskRig disk = DiskRig.over(home, store)) {
            assertThat(caching(disk)).isEqualTo(WCE);
            selectCaching(disk, 0, false).good();
            assertThat(store.calls).containsExactly("flush");
            store.calls.clear();
            disk.out(new byte[512], Cdb.block(0x2A, 0, 0, 1)).good();
            disk.out(new byte[512], Cdb.block(0x41, 0x08, 0, 1)).good();
            byte[] list = Cdb.unmapList(0, 8);
            disk.out(list, Cdb.unmap(list.length)).good();
            assertThat(store.calls)
                    .containsExactly("write durable", "discard 0 512", "flush", "discard 0 4096", "flush");
            assertThat(disk.attentions()).containsExactly("others: " + AdditionalSense.MODE_PARAMETERS_CHANGED);
        }
    }

    @Test
    void shouldPassTheReadCacheByWhenItIsDisabled() throws Exception {
        FakeStore store = new FakeStore(1 << 20);
        try (DiskRig disk = DiskRig.over(home, store)) {
            selectCaching(disk, WCE | RCD, false).good();
            disk.in(512, Cdb.block(0x28, 0, 0, 1)).good();
            assertThat(disk.tryExecutes(512, Cdb.block(0x28, 0, 0, 1))).isFalse();
            assertThat(store.calls).containsExactly("readMedium");
        }
    }

    @Test
    void shouldReturnToSavedValuesWithAReset() throws Exception {
        try (DiskRig disk = DiskRig.over(home, new FakeStore(1 << 20))) {
            selectCaching(disk, 0, true).good();
            selectCaching(disk, WCE, false).good();
            assertThat(caching(disk)).isEqualTo(WCE);
            disk.device().logicalUnitReset();
            assertThat(caching(disk)).isZero();
        }
        try (DiskRig disk = DiskRig.over(home, new FakeStore(1 << 20))) {
            assertThat(caching(disk)).isZero();
        }
    }

    @Test
    void shouldNeverLeaveTheWriteThroughOfItsConfiguration() throws Exception {
        try (DiskRig before = DiskRig.over(home, new FakeStore(1 << 20))) {
            selectCaching(before, WCE, true).good();
        }
        FakeStore store = new FakeStore(1 << 20);
        try (DiskRig disk = DiskRig.over(home, store, "write_through", true)) {
            assertThat(caching(disk)).isZero();
            disk.device().logicalUnitReset();
            assertThat(caching(disk)).isZero();
            selectCaching(disk, WCE, false).invalidParameter(4 + 2);
            disk.out(new byte[512], Cdb.block(0x2A, 0, 0, 1)).good();
            assertThat(store.calls).containsExactly("write durable");
        }
    }

    @Test
    void shouldProtectAgainstWritesBySoftware() throws Exception {
        try (DiskRig disk = DiskRig.over(home, new FakeStore(1 << 20))) {
            byte[] control = disk.in(24, Cdb.of(0x1A, 8, 0x0A, 0, 24, 0)).good().data();
            control[0] = 0;
            control[2] = 0;
            control[4 + 4] |= SWP;
            disk.out(control, Cdb.of(0x15, 0x10, 0, 0, control.length, 0)).good();
            assertThat(disk.in(4, Cdb.of(0x1A, 8, 0x0A, 0, 4, 0)).data()[2]).isEqualTo((byte) 0x90);
            disk.out(new byte[512], Cdb.block(0x2A, 0, 0, 1))
                    .check(SenseKey.DATA_PROTECT, AdditionalSense.LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED);
            disk.in(512, Cdb.block(0x28, 0, 0, 1)).good();
            disk.device().logicalUnitReset();
            disk.out(new byte[512], Cdb.block(0x2A, 0, 0, 1)).good();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0A, 0x2A, 0xAA, 0x8A, 0x2E, 0xAE, 0x8E, 0x41, 0x93})
    void shouldNotWriteToAReadOnlyDisk(int opcode) throws Exception {
        try (DiskRig disk = DiskRig.open(home, "backend", "ram", "size", "1MiB", "read_only", true)) {
            disk.out(new byte[512], Cdb.block(opcode, 0, 0, 1))
                    .check(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
        }
    }

    @Test
    void shouldSayThatItIsReadOnly() throws Exception {
        try (DiskRig disk = DiskRig.open(home, "backend", "ram", "size", "1MiB", "read_only", true)) {
            assertThat(disk.in(4, Cdb.of(0x1A, 8, 0x3F, 0, 4, 0)).data()[2]).isEqualTo((byte) 0x90);
            byte[] list = Cdb.unmapList(0, 1);
            disk.out(list, Cdb.unmap(list.length)).check(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
            disk.none(Cdb.block(0x35, 0, 0, 0)).good();
        }
    }

    @Test
    void shouldRefuseAnotherBlockLength() throws Exception {
        try (DiskRig disk = DiskRig.over(home, new FakeStore(1 << 20))) {
            byte[] list = Cdb.of(0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0x10, 0);
            disk.out(list, Cdb.of(0x15, 0x10, 0, 0, list.length, 0)).invalidParameter(4 + 5);
            list[10] = 2;
            disk.out(list, Cdb.of(0x15, 0x10, 0, 0, list.length, 0)).good();
            list[7] = 1;
            disk.out(list, Cdb.of(0x15, 0x10, 0, 0, list.length, 0)).invalidParameter(4);
        }
    }

    private static int caching(DiskRig disk) {
        return disk.in(24, Cdb.of(0x1A, 8, 0x08, 0, 24, 0)).good().data()[4 + 2];
    }

    private static DeviceAnswer selectCaching(DiskRig disk, int bits, boolean save) {
        byte[] list = new byte[24];
        list[4] = 0x08;
        list[5] = 0x12;
        list[6] = (byte) bits;
        return disk.out(list, Cdb.of(0x15, save ? 0x11 : 0x10, 0, 0, list.length, 0));
    }
}
