// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.library.Bay.InsertResult;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sense data that initiators act on; what the model does not cover. */
final class TapeSenseTest {
    private static final String REWIND = "01 00 00 00 00 00";
    private static final String READ_1000 = "08 00 00 03 E8 00";

    @TempDir
    Path home;

    private DriveRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = DriveRig.loaded(home);
    }

    private static String write(int bytes) {
        return String.format("0A 00 %06X 00", bytes);
    }

    private static void pews(DriveRig rig, int megabytes) {
        byte[] list = new byte[4 + 32];
        list[2] = 0x10;
        list[4] = 0x50;
        list[5] = 0x01;
        list[7] = 0x1C;
        list[9] = 0x02;
        list[10] = (byte) (megabytes >> 8);
        list[11] = (byte) megabytes;
        rig.out(list, "15 10 00 00 24 00").good();
    }

    /** SSC-5 4.2.4: once, when the zone is entered; then early warning each time. */
    @Test
    void shouldWarnOnceWhereItWasProgrammedToAndAlwaysAtEarlyWarning() throws Exception {
        DriveRig small = DriveRig.loaded(home.resolve("small"), 8_000_000, CrashPoint.NONE);
        pews(small, 2); // warning at 4 MB, early warning at 6 MB; half of each block is used
        byte[] block = new byte[200_000];
        int programmed = 0;
        int early = 0;
        int beyond = 0;
        while (small.medium().used(small.medium().objects()) + block.length <= 8_000_000) {
            DeviceAnswer ended = small.out(block, write(block.length));
            boolean bpew = (small.in(20, "34 00 00 00 00 00 00 00 00 00").good().data()[0] & 1) != 0;
            beyond += bpew ? 1 : 0;
            if (ended.status() == ScsiStatus.GOOD) {
                continue;
            }
            SenseData sense = ended.sense();
            assertThat(sense.isEndOfMedium()).isTrue();
            programmed += sense.additional().equals(AdditionalSense.PROGRAMMABLE_EARLY_WARNING_DETECTED) ? 1 : 0;
            early += sense.additional().equals(AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED) ? 1 : 0;
        }
        assertThat(programmed).isEqualTo(1);
        assertThat(early).isGreaterThan(5);
        assertThat(beyond).isGreaterThan(early);
        SenseData over = small.out(block, write(block.length))
                .check(SenseKey.VOLUME_OVERFLOW, AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED);
        assertThat(over.isEndOfMedium()).isTrue();
        assertThat(over.information()).isEqualTo(block.length);
    }

    /** SSC-5 6.4: MEDIUM ERROR, and the drive stands behind the block. */
    @Test
    void shouldReportADamagedBlockAndGoBehindIt() {
        rig.out(new byte[1000], write(1000)).good();
        rig.out(new byte[1000], write(1000)).good();
        rig.none(REWIND).good();
        rig.medium().damaged = 0;
        SenseData sense = rig.in(1000, READ_1000).check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR);
        assertThat(sense.information()).isEqualTo(1000);
        assertThat(rig.position()).isEqualTo(1);
        rig.in(1000, READ_1000).good();
        byte[] alerts = rig.in(400, "4D 00 6E 00 00 00 00 01 90 00").good().data();
        assertThat(alerts[4 + 5 * 2 + 4]).as("flag 3").isEqualTo((byte) 1);
        assertThat(rig.in(400, "4D 00 6E 00 00 00 00 01 90 00").good().data()[14])
                .as("read once")
                .isZero();
    }

    /** SPC-5 4.4.7. */
    @Test
    void shouldReportLostBufferedWritesAsADeferredErrorAndStandWhereTheyEnd() {
        rig.out(new byte[1000], write(1000)).good();
        rig.none("10 00 00 00 01 00").good();
        rig.out(new byte[1000], write(1000)).good();
        rig.medium().failNextSync = MediumResult.WRITES_LOST;
        SenseData sense = rig.none(REWIND).check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
        assertThat(sense.isDeferred()).isTrue();
        assertThat(rig.position()).isEqualTo(2);
    }

    /** A store syncs now and then while it writes. */
    @Test
    void shouldReportBufferedWritesThatAWriteFindsLostAsADeferredError() {
        rig.out(new byte[1000], write(1000)).good();
        rig.none("10 00 00 00 01 00").good();
        rig.out(new byte[1000], write(1000)).good();
        rig.medium().failNextWrite = MediumResult.WRITES_LOST;
        SenseData sense =
                rig.out(new byte[1000], write(1000)).check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
        assertThat(sense.isDeferred()).isTrue();
        assertThat(rig.position()).isEqualTo(2);
        rig.medium().failNextWrite = MediumResult.WRITES_LOST;
        sense = rig.out(new byte[1000], write(1000)).check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
        assertThat(sense.isDeferred()).as("nothing but its own").isFalse();
        assertThat(rig.position()).isEqualTo(2);
    }

    /** A thin cartridge ends where the storage does. */
    @Test
    void shouldWarnWhenTheStorageBelowIsNearlyFull() {
        rig.medium().storageRoom = DriveRig.CAPACITY / 8;
        rig.out(new byte[1000], write(1000)).good();
        rig.medium().storageRoom = 1 << 20;
        SenseData sense = rig.out(new byte[1000], write(1000))
                .check(SenseKey.NO_SENSE, AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED);
        assertThat(sense.isDeferred()).isFalse();
        assertThat(rig.position()).isEqualTo(2);
        byte[] position = rig.in(20, "34 00 00 00 00 00 00 00 00 00").good().data();
        assertThat(position[0] & 0x40).as("EOP").isEqualTo(0x40);
    }

    /** SSC-5 8.3.1: BUFFERED MODE 0. */
    @Test
    void shouldPutEachWriteOnTheMediumWhenUnbuffered() {
        rig.out(new byte[] {0, 0, 0, 0}, "15 10 00 00 04 00").good();
        int before = rig.medium().syncs;
        rig.out(new byte[1000], write(1000)).good();
        assertThat(rig.medium().syncs).isEqualTo(before + 1);
    }

    /** SSC-5 6.12.2: what is written and not on the medium is in the buffer. */
    @Test
    void shouldCountTheObjectBufferInReadPosition() {
        rig.out(new byte[1000], write(1000)).good();
        rig.none("10 00 00 00 00 00").good();
        rig.out(new byte[300], write(300)).good();
        rig.out(new byte[200], write(200)).good();
        byte[] data = rig.in(20, "34 00 00 00 00 00 00 00 00 00").good().data();
        assertThat(data).startsWith(0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1);
        assertThat(data).endsWith(0, 0, 0, 2, 0, 0, 1, (byte) 0xF4);
    }

    @Test
    void shouldRefuseToWriteOnAWriteProtectedCartridge() throws Exception {
        rig.drive().remove();
        rig.store.writeProtect(DriveRig.BARCODE, true);
        rig.drive().insert(DriveRig.BARCODE);
        rig.out(new byte[10], write(10)).check(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
        assertThat(rig.in(12, "1A 00 00 00 0C 00").good().data()[2] & 0x80).isEqualTo(0x80);
    }

    @Test
    void shouldRefuseAMediumOfAnotherGeneration() {
        rig.store.with("OLD001L5", MediumType.LTO_5, 1 << 20);
        rig.drive().remove();
        assertThat(rig.drive().insert("OLD001L5")).isEqualTo(InsertResult.UNUSABLE);
        rig.none("00 00 00 00 00 00").check(SenseKey.NOT_READY, AdditionalSense.INCOMPATIBLE_MEDIUM_INSTALLED);
        assertThat(rig.drive().insert(DriveRig.BARCODE)).isEqualTo(InsertResult.OCCUPIED);
    }

    /** SSC-5 6.8. */
    @Test
    void shouldTellTheOthersThatItWasLoadedAgain() {
        rig.none("1B 00 00 00 00 00").good();
        rig.none("00 00 00 00 00 00").check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        rig.none("1B 00 00 00 01 00").good();
        assertThat(rig.attentions).containsExactly("others: 28/00 NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED");
    }

    /** As Linux asks at every open: page 00h, header and block descriptor alone. */
    @Test
    void shouldReturnHeaderAndBlockDescriptorForModePageZero() {
        assertThat(rig.in(12, "1A 00 00 00 0C 00").good().data())
                .containsExactly(11, 0x88, 0x10, 8, 0x5E, 0, 0, 0, 0, 0, 0, 0);
    }

    /** SSC-5 6.22: counts of 64 bits, also the one whose magnitude needs all of them. */
    @Test
    void shouldSpaceByTheLargestCounts() {
        rig.out(new byte[10], write(10)).good();
        SenseData back = rig.none("91 00 00 00 8000000000000000 00 00 00 00")
                .check(SenseKey.NO_SENSE, AdditionalSense.BEGINNING_OF_PARTITION_MEDIUM_DETECTED);
        assertThat(back.information()).isEqualTo(Long.MIN_VALUE - 1);
        SenseData forth = rig.none("91 01 00 00 7FFFFFFFFFFFFFFF 00 00 00 00")
                .check(SenseKey.BLANK_CHECK, AdditionalSense.END_OF_DATA_DETECTED);
        assertThat(forth.information()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldReportTheDensitiesThatItKnowsAndTheOneOfTheMedium() {
        byte[] drive = rig.in(255, "44 00 00 00 00 00 00 00 FF 00").good().data();
        assertThat(drive).hasSize(4 + 3 * 52);
        assertThat(new byte[] {drive[4], drive[56], drive[108]}).containsExactly(0x5C, 0x5D, 0x5E);
        byte[] medium = rig.in(255, "44 01 00 00 00 00 00 00 FF 00").good().data();
        assertThat(medium).hasSize(56);
        assertThat(medium[4]).isEqualTo((byte) 0x5E);
        assertThat(rig.in(255, "44 02 00 00 00 00 00 00 FF 00").good().data()).hasSize(4 + 3 * 56);
    }
}
