// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.TestNexus;
import io.sluice.handler.testing.UnitAttention;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.changer.ElementStatusDecoder.Status;
import io.sluice.vtl.library.Bay.RemoveResult;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.LabelledStore;
import io.sluice.vtl.library.RecordedStorage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChangerTest {
    private static final String MOVE_TO_DRIVE = "A5 00 0001 0401 0101 00 00 00 00";
    private static final String EXCHANGE = "A6 00 0001 0401 0402 0401 00 00";
    private static final String OPEN = "1B 00 0301 00 00";
    private static final String CLOSE = "1B 00 0301 01 00";
    private static final String PREVENT = "1E 00 00 00 01 00";
    private static final String ALLOW = "1E 00 00 00 00 00";

    @TempDir
    Path home;

    private ChangerBench changer;

    @BeforeEach
    void open() throws Exception {
        LabelledStore store = new LabelledStore("VTL001L8", "VTL002L8", "VTL003L8");
        changer = new ChangerBench(home, Geometry.of(2, 2, 6), store, new RecordedStorage());
    }

    @AfterEach
    void close() {
        changer.close();
    }

    private static void refused(CommandResult result, AdditionalSense why) {
        assertThat(result.senseKey()).as(result.toString()).isEqualTo(SenseKey.ILLEGAL_REQUEST);
        assertThat(result.additionalSense()).isEqualTo(why);
    }

    private Status element(int address) {
        return changer.status(0, address, 1).elements().getFirst();
    }

    @Test
    void shouldTieDrivesToElementsByTheirSerialNumbers() {
        String serial = changer.bench().library().serial(2);
        assertThat(element(0x102).drive()).isEqualTo("IBM     ULT3580-TD8     " + serial);
        assertThat(serial).hasSize(10).isNotEqualTo(changer.bench().library().serial(1));
        CommandResult bare = changer.gateway().execute("B8 04 0101 0002 00 000100 00 00", 256);
        assertThat(HexFormat.of().formatHex(bare.dataIn()))
                .isEqualTo("0101000200000028" + "0400001000000020" + "01010800" + "00".repeat(12) + "01020800"
                        + "00".repeat(12));
    }

    @Test
    void shouldUseDescriptorsOfTheLengthsThatClientsKnow() {
        int[] lengths = new int[4];
        String[] options = {"04 0101 0001 00", "14 0101 0001 00", "04 0101 0001 01", "14 0101 0001 01"};
        for (int i = 0; i < 4; i++) {
            CommandResult result = changer.gateway().execute("B8 " + options[i] + " 001000 00 00", 4096);
            lengths[i] = result.u8(11);
            assertThat(result.dataLength()).isEqualTo(16 + lengths[i]);
        }
        assertThat(lengths).containsExactly(0x10, 0x34, 0x32, 0x56);
    }

    @Test
    void shouldCutElementStatusAtAnyAllocationLengthAndStillSayWhatThereIs() {
        byte[] whole = changer.gateway()
                .execute("B8 10 0000 FFFF 01 FFFFFF 00 00", 4096)
                .dataIn();
        for (int length = 0; length <= whole.length + 1; length++) {
            CommandResult cut = changer.gateway().execute("B8 10 0000 FFFF 01 %06X 00 00".formatted(length), 4096);
            assertThat(cut.dataIn()).isEqualTo(Arrays.copyOf(whole, Math.min(length, whole.length)));
        }
    }

    @Test
    void shouldReportNothingPastTheLastElementAndRefuseUnknownTypes() {
        assertThat(changer.status(0, 0x407, 10).count()).isZero();
        refused(changer.gateway().execute("B8 05 0000 FFFF 00 001000 00 00", 64), AdditionalSense.INVALID_FIELD_IN_CDB);
    }

    @Test
    void shouldPutACartridgeIntoADriveAndRememberItsSlot() {
        assertThat(changer.gateway().execute(MOVE_TO_DRIVE).isGood()).isTrue();
        assertThat(changer.bench().bay(0).barcode()).contains("VTL001L8");
        assertThat(element(0x101).tag()).isEqualTo("VTL001L8");
        assertThat(element(0x101).source()).isEqualTo(0x401);
        assertThat(element(0x401).isFull()).isFalse();
        refused(changer.move(0x402, 0x101), AdditionalSense.MEDIUM_DESTINATION_ELEMENT_FULL);
        refused(changer.move(0x401, 0x102), AdditionalSense.MEDIUM_SOURCE_ELEMENT_EMPTY);
        refused(changer.move(0x402, 1), AdditionalSense.INVALID_ELEMENT_ADDRESS);
    }

    @Test
    void shouldSayWhyADriveKeepsItsCartridge() {
        changer.gateway().execute(MOVE_TO_DRIVE);
        changer.bench().bay(0).refuseRemoval(RemoveResult.PREVENTED);
        refused(changer.move(0x101, 0x401), AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        changer.bench().bay(0).refuseRemoval(RemoveResult.FAILED);
        CommandResult failed = changer.move(0x101, 0x401);
        assertThat(failed.senseKey()).isEqualTo(SenseKey.HARDWARE_ERROR);
        assertThat(failed.additionalSense()).isEqualTo(AdditionalSense.MEDIA_LOAD_OR_EJECT_FAILED);
        assertThat(element(0x101).tag()).isEqualTo("VTL001L8");
    }

    @Test
    void shouldPutEverythingBackWhenOneHalfOfAnExchangeFails() {
        changer.gateway().execute(MOVE_TO_DRIVE);
        changer.bench().bay(1).takeNothing(true);
        assertThat(changer.exchange(0x402, 0x101, 0x102).senseKey()).isEqualTo(SenseKey.HARDWARE_ERROR);
        assertThat(changer.bench().bay(0).barcode()).contains("VTL001L8");
        assertThat(element(0x402).tag()).isEqualTo("VTL002L8");
        changer.bench().bay(1).takeNothing(false);
        assertThat(changer.exchange(0x402, 0x101, 0x102).isGood()).isTrue();
        assertThat(changer.bench().bay(0).barcode()).contains("VTL002L8");
        assertThat(changer.bench().bay(1).barcode()).contains("VTL001L8");
    }

    @Test
    void shouldNotMoveTwiceWhatItsPredecessorHadMoved() throws Exception {
        CommandResult moved = changer.gateway().execute(MOVE_TO_DRIVE);
        CommandResult swapped = changer.gateway().execute(EXCHANGE.replace("0401 0402 0401", "0402 0403 0402"));
        assertThat(swapped.isGood()).isTrue();
        changer.takeOver(swapped.sequence());
        assertThat(changer.redeliver(moved.sequence(), MOVE_TO_DRIVE).isGood()).isTrue();
        assertThat(changer.redeliver(swapped.sequence(), EXCHANGE.replace("0401 0402 0401", "0402 0403 0402"))
                        .isGood())
                .isTrue();
        assertThat(element(0x402).tag()).isEqualTo("VTL003L8");
        assertThat(element(0x403).tag()).isEqualTo("VTL002L8");
        assertThat(changer.bench().bay(0).barcode()).contains("VTL001L8");
    }

    @Test
    void shouldMoveWhatItsPredecessorHadNotMoved() throws Exception {
        CommandResult looked = changer.gateway().execute("00 00 00 00 00 00");
        changer.takeOver(looked.sequence());
        assertThat(changer.redeliver(looked.sequence() + 1, MOVE_TO_DRIVE).isGood())
                .isTrue();
        assertThat(changer.bench().bay(0).barcode()).contains("VTL001L8");
    }

    @Test
    void shouldHoldTheStationShutWhileAnyNexusPreventsRemoval() {
        TestNexus other = changer.gateway().nexus("iqn.2026-11.io.sluice.test:other,i,0x000000000002");
        changer.gateway().execute(PREVENT);
        other.execute(PREVENT);
        refused(changer.gateway().execute(OPEN), AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        changer.gateway().execute(ALLOW);
        refused(changer.gateway().execute(OPEN), AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        other.close();
        assertThat(changer.gateway().execute(OPEN).isGood()).isTrue();
        refused(changer.move(0x401, 0x301), AdditionalSense.MEDIUM_MAGAZINE_NOT_ACCESSIBLE);
        assertThat(element(0x301).flags() & 8).isZero();
        assertThat(changer.gateway().execute(CLOSE).isGood()).isTrue();
        assertThat(changer.move(0x401, 0x301).isGood()).isTrue();
        assertThat(element(0x301).flags()).isEqualTo(0x39);
    }

    @Test
    void shouldAllowRemovalAfterAReset() {
        changer.gateway().execute(PREVENT);
        changer.gateway().logicalUnitReset();
        assertThat(changer.gateway().execute(OPEN).isGood()).isTrue();
    }

    @Test
    void shouldGoOnPreventingAndWithAnOpenStationWhenItTakesOver() throws Exception {
        changer.gateway().execute(OPEN);
        changer.gateway().execute(PREVENT);
        changer.takeOver(10);
        refused(changer.move(0x401, 0x301), AdditionalSense.MEDIUM_MAGAZINE_NOT_ACCESSIBLE);
        refused(changer.gateway().execute(OPEN), AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
    }

    @Test
    void shouldFlagAnElementWhoseCartridgeIsLost() {
        changer.store().lose("VTL002L8");
        assertThat(changer.gateway().execute("07 00 00 00 00 00").isGood()).isTrue();
        assertThat(element(0x402).flags()).isEqualTo(0x0D);
        assertThat(element(0x402).exception()).isEqualTo(0x5200);
        CommandResult alerts = changer.gateway().execute("4D 00 6E 00 00 0018 0200 00", 512);
        assertThat(alerts.u8(4 + 4)).isEqualTo(1);
    }

    @Test
    void shouldFindCartridgesThatAreNew() throws Exception {
        changer.store().create(LabelledStore.labelled("NEW001L8"));
        assertThat(changer.gateway().execute("37 01 0401 0000 0001 00 00").isGood())
                .isTrue();
        assertThat(element(0x404).tag()).isEqualTo("NEW001L8");
        refused(changer.gateway().execute("37 01 0500 0000 0001 00 00"), AdditionalSense.INVALID_ELEMENT_ADDRESS);
        // Libraries of IBM's family know it by a code of their own, too.
        assertThat(changer.gateway().execute("E7 01 0401 0000 0001 00 00").isGood())
                .isTrue();
        refused(changer.gateway().execute("E7 01 0500 0000 0001 00 00"), AdditionalSense.INVALID_ELEMENT_ADDRESS);
    }

    @Test
    void shouldReportItsElementsInModePages() {
        byte[] page = changer.gateway().execute("1A 08 1D 00 FF 00", 255).dataIn();
        assertThat(HexFormat.of().formatHex(page, 4, 24))
                .isEqualTo("1d12" + "00010001" + "04010006" + "03010002" + "01010002" + "0000");
        assertThat(changer.gateway().execute("1A 08 1F 00 FF 00", 255).isGood()).isTrue();
        assertThat(changer.gateway().execute("1A 08 1E 00 FF 00", 255).isGood()).isTrue();
    }

    @Test
    void shouldTellInitiatorsOfWhatOperatorsDo() {
        Changer device = (Changer) changer.gateway().device();
        changer.gateway().takeUnitAttentions();
        device.stationAccessed();
        device.inventoryChanged();
        device.elementsAdded();
        assertThat(changer.gateway().takeUnitAttentions())
                .extracting(UnitAttention::sense)
                .containsExactly(
                        AdditionalSense.IMPORT_OR_EXPORT_ELEMENT_ACCESSED,
                        AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED,
                        AdditionalSense.MODE_PARAMETERS_CHANGED);
    }
}
