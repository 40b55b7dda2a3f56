// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** START STOP UNIT (SBC-4 5.31) and PREVENT ALLOW MEDIUM REMOVAL (SPC-5 6.16). */
final class MediumTest {
    private static final int START = 0x01;
    private static final int LOEJ = 0x02;
    private static final int NO_FLUSH = 0x04;

    @TempDir
    Path home;

    private FakeStore store;
    private DiskRig disk;

    @BeforeEach
    void open() throws Exception {
        store = new FakeStore(1 << 20);
        disk = DiskRig.over(home, store, "removable", true);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Test
    void shouldSayThatItIsRemovable() {
        assertThat(disk.in(36, Cdb.of(0x12, 0, 0, 0, 36, 0)).good().data()[1]).isEqualTo((byte) 0x80);
    }

    @Test
    void shouldEjectAndLoad() {
        eject().good();
        for (byte[] cdb : new byte[][] {
            Cdb.of(0, 0, 0, 0, 0, 0),
            Cdb.ten(0x25, 0, 0, 0),
            Cdb.sixteen(0x9E, 0x10, 0, 32),
            Cdb.sixteen(0x9E, 0x12, 0, 32),
            Cdb.block(0x28, 0, 0, 1),
            Cdb.block(0x2A, 0, 0, 1),
            Cdb.block(0x2F, 0, 0, 1),
            Cdb.block(0x2E, 0, 0, 1),
            Cdb.block(0x34, 0, 0, 1),
            Cdb.block(0x35, 0, 0, 1),
            Cdb.block(0x41, 0, 0, 1),
            Cdb.block(0x93, 1, 0, 1),
            Cdb.unmap(0),
            startStop(START)
        }) {
            disk.none(cdb).check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        }
        disk.in(36, Cdb.of(0x12, 0, 0, 0, 36, 0)).good();
        disk.in(255, Cdb.of(0x1A, 0, 0x3F, 0, 255, 0)).good();
        load().good();
        disk.none(Cdb.of(0, 0, 0, 0, 0, 0)).good();
        assertThat(disk.attentions())
                .containsExactly("others: " + AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
    }

    @Test
    void shouldFlushBeforeItEjects() {
        store.failFlush = true;
        eject().check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
        disk.none(Cdb.of(0, 0, 0, 0, 0, 0)).good();
        store.failFlush = false;
    }

    @Test
    void shouldStayReadyInEveryPowerCondition() {
        for (int condition = 0; condition < 16; condition++) {
            disk.none(startStop(condition << 4)).good();
            disk.none(Cdb.of(0, 0, 0, 0, 0, 0)).good();
        }
        assertThat(store.calls).hasSize(16).containsOnly("flush");
        disk.none(startStop(NO_FLUSH)).good();
        assertThat(store.calls).hasSize(16);
        disk.none(startStop(0x10 | LOEJ)).good();
        disk.none(Cdb.of(0, 0, 0, 0, 0, 0)).good();
    }

    @Test
    void shouldNotEjectWhileAnyNexusPreventsIt() {
        prevent(1).good();
        disk.as(1);
        prevent(1).good();
        eject().check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        prevent(0).good();
        eject().check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        disk.none(Cdb.of(0, 0, 0, 0, 0, 0)).good();
        disk.as(0);
        prevent(0).good();
        eject().good();
        prevent(1).good();
        load().check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        prevent(2).invalidField(4, 1);
    }

    @Test
    void shouldForgetPreventionWithItsNexus() {
        prevent(1).good();
        disk.removeNexus(0);
        disk.as(1);
        eject().good();
    }

    @Test
    void shouldForgetPreventionWithAResetOfItsNexus() {
        prevent(1).good();
        disk.as(1);
        prevent(1).good();
        disk.resetNexus(0);
        eject().check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        disk.resetNexus(1);
        eject().good();
    }

    @Test
    void shouldForgetPreventionWithAReset() {
        prevent(1).good();
        disk.device().logicalUnitReset();
        eject().good();
    }

    @Test
    void shouldRefuseToEjectWhatIsFixed() throws Exception {
        try (DiskRig fixed = DiskRig.open(home, "backend", "null")) {
            fixed.none(startStop(LOEJ)).invalidField(4, 1);
            fixed.none(startStop(LOEJ | START)).invalidField(4, 1);
            fixed.none(startStop(START)).good();
        }
    }

    private DeviceAnswer eject() {
        return disk.none(startStop(LOEJ));
    }

    private DeviceAnswer load() {
        return disk.none(startStop(LOEJ | START));
    }

    private DeviceAnswer prevent(int how) {
        return disk.none(Cdb.of(0x1E, 0, 0, 0, how, 0));
    }

    private static byte[] startStop(int byteFour) {
        return Cdb.of(0x1B, 0, 0, 0, byteFour, 0);
    }
}
