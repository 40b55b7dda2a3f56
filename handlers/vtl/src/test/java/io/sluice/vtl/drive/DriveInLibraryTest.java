// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.scsi.AdditionalSense;
import io.sluice.vtl.changer.ChangerProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A changer and a drive that meet in their library, over the real store. */
final class DriveInLibraryTest {
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String SLOT_1_TO_DRIVE_1 = "A5 00 0000 0401 0101 00 00 00 00";
    private static final String DRIVE_1_TO_SLOT_9 = "A5 00 0000 0101 0409 00 00 00 00";

    @TempDir
    Path directory;

    private DeviceConfig config(String name, Map<String, ?> more) {
        Map<String, Object> keys = new HashMap<>(more);
        keys.put("path", directory.resolve("library").toString());
        return DeviceConfig.of(name, keys);
    }

    private Path home(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }

    private GatewayDouble changer() throws Exception {
        return GatewayDouble.open(new ChangerProvider(), config("changer", Map.of()), home("changer"));
    }

    private GatewayDouble drive() throws Exception {
        return GatewayDouble.open(new TapeDriveProvider(), config("drive", Map.of("drive", 1)), home("drive"));
    }

    /** The process before this one died. */
    private GatewayDouble successor() throws Exception {
        return GatewayDouble.open(
                GatewayDouble.options().takesOver(1000),
                "drive",
                home("drive"),
                context -> new TapeDriveProvider().open(context, config("drive", Map.of("drive", 1))));
    }

    private static String barcode(GatewayDouble changer, int address) {
        CommandResult status = changer.execute("B8 10 %04X 0001 00 001000 00 00".formatted(address), 4096);
        byte[] data = status.dataIn();
        assertThat(data.length).isGreaterThan(8 + 8 + 12 + 36);
        return new String(data, 8 + 8 + 12, 8, StandardCharsets.US_ASCII).strip();
    }

    /** SSC-5 8.6: TapeAlert Supported Flags, Automation Device Serial Number, Data Transfer Device Element Address. */
    @Test
    void shouldSayInVitalProductDataWhichDriveOfWhichChangerItIs() throws Exception {
        try (GatewayDouble changer = changer();
                GatewayDouble drive = drive()) {
            byte[] serial = changer.execute("12 01 80 00FF 00", 255).dataIn();
            byte[] automation = drive.execute("12 01 B3 00FF 00", 255).dataIn();
            assertThat(new String(automation, 4, automation.length - 4, StandardCharsets.US_ASCII))
                    .isEqualTo(new String(serial, 4, serial.length - 4, StandardCharsets.US_ASCII).strip())
                    .isNotEmpty();
            assertThat(HexFormat.of()
                            .formatHex(drive.execute("12 01 B4 00FF 00", 255).dataIn()))
                    .as("the address that READ ELEMENT STATUS has it at")
                    .isEqualTo("01b400020101");
            assertThat(HexFormat.of()
                            .formatHex(drive.execute("12 01 B2 00FF 00", 255).dataIn()))
                    .as("flags 3, 5, 6, 9, 10, 12 and 18")
                    .isEqualTo("01b20008" + "2cd0400000000000");
        }
    }

    @Test
    void shouldLoadWhatTheChangerPutsInAndGiveItBack() throws Exception {
        byte[] block = "on tape".getBytes(StandardCharsets.US_ASCII);
        try (GatewayDouble changer = changer();
                GatewayDouble drive = drive()) {
            assertThat(drive.execute(TEST_UNIT_READY).additionalSense()).isEqualTo(AdditionalSense.MEDIUM_NOT_PRESENT);
            assertThat(changer.execute(SLOT_1_TO_DRIVE_1).isGood()).isTrue();
            assertThat(drive.execute(TEST_UNIT_READY).isGood()).isTrue();
            assertThat(drive.execute("0A 00 00 00 07 00", block).isGood()).isTrue();
            assertThat(barcode(changer, 0x101)).isEqualTo("VTL001L8");
            assertThat(changer.execute(DRIVE_1_TO_SLOT_9).isGood()).isTrue();
            assertThat(drive.execute(TEST_UNIT_READY).additionalSense()).isEqualTo(AdditionalSense.MEDIUM_NOT_PRESENT);
            assertThat(changer.execute("A5 00 0000 0409 0101 00 00 00 00").isGood())
                    .isTrue();
            assertThat(drive.execute("08 00 00 00 07 00", 7).dataIn()).isEqualTo(block);
        }
    }

    /** The changer's DVCID is how software finds the device of a drive's element. */
    @Test
    void shouldHaveTheSerialNumberThatTheChangerTells() throws Exception {
        try (GatewayDouble changer = changer();
                GatewayDouble drive = drive()) {
            byte[] page = drive.execute("12 01 80 00FF 00", 255).dataIn();
            String serial = new String(page, 4, page[3], StandardCharsets.US_ASCII).strip();
            byte[] status =
                    changer.execute("B8 14 0101 0001 01 001000 00 00", 4096).dataIn();
            assertThat(serial).hasSize(10);
            assertThat(new String(status, StandardCharsets.ISO_8859_1)).contains(serial);
        }
    }

    @Test
    void shouldGoOnWhereItStoodWhenTheLibraryAgrees() throws Exception {
        try (GatewayDouble changer = changer()) {
            try (GatewayDouble drive = drive()) {
                assertThat(changer.execute(SLOT_1_TO_DRIVE_1).isGood()).isTrue();
                assertThat(drive.execute("0A 00 00 00 07 00", new byte[7]).isGood())
                        .isTrue();
            }
            try (GatewayDouble drive = successor()) {
                assertThat(drive.execute("34 00 00 00 00 00 00 00 00 00", 20).dataIn()[7])
                        .isEqualTo((byte) 1);
                assertThat(drive.takeUnitAttentions()).isEmpty();
            }
        }
    }

    /** It died between what a move does with the drive and the record of the move. */
    @Test
    void shouldHoldWhatTheLibraryRecordedWhateverItRemembers() throws Exception {
        Path memory = directory.resolve("drive/cartridge");
        try (GatewayDouble changer = changer()) {
            try (GatewayDouble drive = drive()) {
                assertThat(drive.execute(TEST_UNIT_READY).isGood()).isFalse();
            }
            Files.writeString(memory, "VTL002L8\n" + UUID.randomUUID() + "\n");
            try (GatewayDouble drive = successor()) {
                assertThat(drive.execute(TEST_UNIT_READY).additionalSense())
                        .as("put in, not recorded")
                        .isEqualTo(AdditionalSense.MEDIUM_NOT_PRESENT);
                assertThat(changer.execute(SLOT_1_TO_DRIVE_1).isGood()).isTrue();
            }
            Files.delete(memory);
            try (GatewayDouble drive = successor()) {
                assertThat(drive.execute(TEST_UNIT_READY).isGood())
                        .as("taken out, not recorded")
                        .isTrue();
                assertThat(changer.execute(DRIVE_1_TO_SLOT_9).isGood()).isTrue();
                assertThat(memory).doesNotExist();
            }
        }
    }

    @Test
    void shouldNotBeOpenTwiceNorWhereTheLibraryHasNoPlace() throws Exception {
        try (GatewayDouble drive = drive()) {
            assertThat(drive.execute(TEST_UNIT_READY).isGood()).isFalse();
            assertThatThrownBy(() -> GatewayDouble.open(
                            new TapeDriveProvider(), config("other", Map.of("drive", 1)), home("other")))
                    .hasMessageContaining("open already");
            assertThatThrownBy(() -> GatewayDouble.open(
                            new TapeDriveProvider(), config("other", Map.of("drive", 3)), home("other")))
                    .hasMessageContaining("add-drive");
        }
    }
}
