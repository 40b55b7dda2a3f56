// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What initiators know of the disk and its process only remembers: a successor goes on with it, a power-on does not. */
final class TakeOverTest {
    private static final byte[] TEST_UNIT_READY = Cdb.of(0, 0, 0, 0, 0, 0);
    private static final byte[] EJECT = Cdb.of(0x1B, 0, 0, 0, 2, 0);
    private static final byte[] PREVENT = Cdb.of(0x1E, 0, 0, 0, 1, 0);
    private static final byte[] CACHING_PAGE = Cdb.of(0x1A, 8, 8, 0, 24, 0);

    @TempDir
    Path home;

    private FakeStore store;
    private DiskRig disk;

    @BeforeEach
    void open() throws Exception {
        store = new FakeStore(1 << 20);
        successor();
        disk.device().poweredOn();
    }

    /** The process is gone without a word, and another one opens the disk. */
    private void successor() throws Exception {
        disk = DiskRig.over(home, store, "removable", true);
    }

    private void disableCache() {
        byte[] list = new byte[24];
        list[4] = 0x08;
        list[5] = 0x12;
        disk.out(list, Cdb.of(0x15, 0x10, 0, 0, 24, 0)).good();
    }

    private boolean cacheEnabled() {
        return (disk.in(24, CACHING_PAGE).good().data()[6] & 4) != 0;
    }

    @Test
    void shouldGoOnWithAnEjectedMedium() throws Exception {
        disk.none(EJECT).good();
        successor();
        disk.device().takenOver();
        disk.none(TEST_UNIT_READY).check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
    }

    @Test
    void shouldGoOnWithCurrentModeValuesThatWereNeverSaved() throws Exception {
        assertThat(cacheEnabled()).isTrue();
        disableCache();
        successor();
        disk.device().takenOver();
        assertThat(cacheEnabled()).isFalse();
    }

    @Test
    void shouldGoOnPreventingRemovalForTheNexusesThatAreStillThere() throws Exception {
        disk.none(PREVENT).good();
        disk.as(1);
        successor();
        disk.device().takenOver();
        disk.as(1);
        disk.none(EJECT).check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        disk.removeNexus(0);
        disk.none(EJECT).good();
    }

    @Test
    void shouldForgetWhoPreventedRemovalAndLeftMeanwhile() throws Exception {
        new MediumRecord(home).store(true, java.util.List.of("iqn.gone,i,0x1 iqn.disk,t,0x1"));
        successor();
        disk.none(EJECT).check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        disk.device().takenOver();
        disk.none(EJECT).good();
    }

    @Test
    void shouldStartAfreshWhenItIsPoweredOn() throws Exception {
        disableCache();
        disk.none(PREVENT).good();
        successor();
        disk.device().poweredOn();
        assertThat(cacheEnabled()).isTrue();
        disk.none(EJECT).good();
        successor();
        disk.device().poweredOn();
        disk.none(TEST_UNIT_READY).good();
    }
}
