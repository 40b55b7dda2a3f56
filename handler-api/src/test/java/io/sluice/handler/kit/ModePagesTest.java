// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.example.KitDisk;
import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.handler.testing.UnitAttention;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModePagesTest {
    private static final String CACHING_OFF = "08 12 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

    @TempDir
    Path home;

    private GatewayDouble gateway;

    @BeforeEach
    void open() throws Exception {
        gateway = GatewayDouble.open("kit", home, context -> new KitDisk(context, 1000));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private CommandResult select6(String data, boolean save) {
        byte[] list = hex(data);
        return gateway.execute(String.format("15 %02X 00 00 %02X 00", save ? 0x11 : 0x10, list.length), list);
    }

    private String sense6(int pageByte, int subpage) {
        return HexFormat.of()
                .formatHex(gateway.execute(String.format("1A 08 %02X %02X FF 00", pageByte, subpage), 255)
                        .dataIn());
    }

    @Test
    void shouldReturnHeaderDescriptorAndPage() {
        assertThat(HexFormat.of()
                        .formatHex(gateway.execute("1A 00 0A 00 FF 00", 255).dataIn()))
                .isEqualTo("17001008" + "000003e800000200" + "8a0a00100000000000000000");
        assertThat(HexFormat.of()
                        .formatHex(gateway.execute("5A 10 0A 00 000000 00FF 00", 255)
                                .dataIn()))
                .isEqualTo("0022001001000010" + "00000000000003e80000000000000200" + "8a0a00100000000000000000");
    }

    @Test
    void shouldReturnAllPagesInOrder() {
        String pages = sense6(0x3F, 0x00);
        assertThat(pages).contains("010ac0").contains("8812").contains("8a0a").doesNotContain("4a01001c");
        assertThat(sense6(0x3F, 0xFF)).contains("4a01001c");
        assertThat(sense6(0x0A, 0xFF)).contains("8a0a").contains("4a01001c").doesNotContain("010ac0");
    }

    @Test
    void shouldReturnChangeableDefaultAndSavedValues() {
        assertThat(select6("00000000" + CACHING_OFF, false).isGood()).isTrue();
        assertThat(sense6(0x08, 0)).contains("881200");
        assertThat(sense6(0x48, 0)).contains("881204"); // changeable: WCE
        assertThat(sense6(0x88, 0)).contains("881204"); // default
        assertThat(sense6(0xC8, 0)).contains("881204"); // saved: never, so the default
        assertThat(select6("00000000" + CACHING_OFF, true).isGood()).isTrue();
        assertThat(sense6(0xC8, 0)).contains("881200");
    }

    @Test
    void shouldCutAtTheAllocationLength() {
        CommandResult cut = gateway.execute("1A 08 3F 00 05 00", 255);
        assertThat(cut.dataIn()).hasSize(5);
        assertThat(cut.u8(0)).isGreaterThan(4);
        assertThat(gateway.execute("1A 08 3F 00 00 00", 0).isGood()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "1A 08 02 00 FF 00, 2, 5", // no such page
        "1A 08 08 01 FF 00, 3, -1", // no such sub-page
        "1A 08 3F 01 FF 00, 3, -1",
        "1A 28 08 00 FF 00, 1, 5",
    })
    void shouldPointToTheFieldOfTheCdb(String cdb, int atByte, int atBit) {
        SenseData sense = gateway.execute(cdb, 255).sense();
        assertThat(sense.fieldPointerInCdb()).isTrue();
        assertThat(sense.fieldPointerByte()).isEqualTo(atByte);
        assertThat(sense.fieldPointerBit()).isEqualTo(atBit);
    }

    @ParameterizedTest
    @CsvSource({
        "00000000 02 0A 00000000000000000000, 4, 5", // no such page
        "00000000 08 11 0400000000000000000000000000000000, 5, -1", // wrong page length
        "00000000 08 12 05 0000000000000000000000000000000000, 6, 0", // RCD cannot be changed
        "00000008 0000000000000400 08 12 04 0000000000000000000000000000000000, 9, -1", // another block length
        "00000007 00000000000000, 3, -1",
    })
    void shouldPointToTheFieldOfTheParameterList(String list, int atByte, int atBit) {
        SenseData sense = select6(list, false).sense();
        assertThat(sense.additional()).isEqualTo(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        assertThat(sense.fieldPointerInCdb()).isFalse();
        assertThat(sense.fieldPointerByte()).isEqualTo(atByte);
        assertThat(sense.fieldPointerBit()).isEqualTo(atBit);
    }

    @ParameterizedTest
    @CsvSource({"000000", "00000000 08", "00000000 08 12 04 00", "00000008 00000000"})
    void shouldRefuseATruncatedParameterList(String list) {
        assertThat(select6(list, false).additionalSense()).isEqualTo(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    }

    @Test
    void shouldChangeNothingWhenOnePageIsWrong() {
        assertThat(select6("00000000" + CACHING_OFF + "01 0A FF 00 00 00 00 00 00 00 00 00", false)
                        .isGood())
                .isFalse();
        assertThat(sense6(0x08, 0)).contains("881204");
        assertThat(gateway.takeUnitAttentions()).isEmpty();
    }

    @Test
    void shouldRaiseAUnitAttentionForTheOthersOnlyWhenSomethingChanged() {
        assertThat(select6("00000000" + CACHING_OFF, false).isGood()).isTrue();
        assertThat(gateway.takeUnitAttentions())
                .containsExactly(new UnitAttention(
                        UnitAttention.Scope.EXCEPT, gateway.nexus().id(), AdditionalSense.MODE_PARAMETERS_CHANGED));
        assertThat(select6("00000000" + CACHING_OFF, false).isGood()).isTrue();
        assertThat(gateway.takeUnitAttentions()).isEmpty();
    }

    @Test
    void shouldPassTheControlModeOnAndFollowIt() {
        assertThat(select6("00000000 0A 0A 04 10 00 40 00 00 00 00 00 00", false)
                        .isGood())
                .isTrue();
        assertThat(gateway.descriptorSense()).isTrue();
        assertThat(gateway.controlMode()).isEqualTo(0x003);
        assertThat(gateway.execute("C0 00 00 00 00 00").senseBytes()[0]).isEqualTo((byte) 0x72);
        gateway.logicalUnitReset();
        assertThat(sense6(0x0A, 0)).contains("8a0a0010");
        assertThat(gateway.descriptorSense()).isFalse();
        assertThat(gateway.execute("C0 00 00 00 00 00").senseBytes()[0]).isEqualTo((byte) 0x70);
    }

    /** Each field of the Control mode page with each of its values: the mode as the ABI has it. */
    @ParameterizedTest
    @CsvSource({
        "00 10 00 00, 0x000", // nothing
        "04 10 00 00, 0x001", // D_SENSE
        "00 10 00 40, 0x002", // TAS
        "10 10 00 00, 0x004", // TMF_ONLY
        "20 10 00 00, 0x010", // TST 001b
        "00 12 00 00, 0x100", // QERR 01b
        "00 16 00 00, 0x300", // QERR 11b
        "00 10 20 00, 0x800", // UA_INTLCK_CTRL 10b
        "00 10 30 00, 0xC00", // UA_INTLCK_CTRL 11b
        "34 06 30 40, 0xF17", // all at once; QUEUE ALGORITHM MODIFIER 0
    })
    void shouldTellTheGatewayEachFieldOfTheControlModePage(String fields, String mode) {
        assertThat(select6("00000000 0A 0A 24 10 00 40 00 00 00 00 00 00", false)
                        .isGood())
                .isTrue();
        gateway.takeUnitAttentions();
        CommandResult result = select6("00000000 0A 0A " + fields + " 00 00 00 00 00 00", false);
        assertThat(result.isGood()).isTrue();
        assertThat(gateway.controlMode()).isEqualTo(Integer.decode(mode));
        assertThat(sense6(0x0A, 0)).contains("8a0a" + fields.replace(" ", "").toLowerCase(Locale.ROOT));
        assertThat(gateway.takeUnitAttentions())
                .containsExactly(new UnitAttention(
                        UnitAttention.Scope.EXCEPT, gateway.nexus().id(), AdditionalSense.MODE_PARAMETERS_CHANGED));
    }

    @ParameterizedTest
    @CsvSource({
        "40 10 00 00, 6, 6", // TST 010b
        "80 10 00 00, 6, 7", // TST 100b
        "08 10 00 00, 6, 3", // DPICZ
        "02 10 00 00, 6, 1", // GLTSD
        "00 14 00 00, 7, -1", // QERR 10b, reserved
        "00 20 00 00, 7, 5", // QUEUE ALGORITHM MODIFIER 2
        "00 18 00 00, 7, 3", // NUAR
        "00 10 10 00, 8, -1", // UA_INTLCK_CTRL 01b, reserved
        "00 10 08 00, 8, 3", // SWP, which this device does not have
        "00 10 00 80, 9, 7", // ATO
        "00 10 00 01, 9, 0", // AUTOLOAD MODE
    })
    void shouldPointToTheFieldOfTheControlModePageThatCannotBe(String fields, int atByte, int atBit) {
        SenseData sense = select6("00000000 0A 0A " + fields + " 00 00 00 00 00 00", false)
                .sense();
        assertThat(sense.additional()).isEqualTo(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        assertThat(sense.fieldPointerInCdb()).isFalse();
        assertThat(sense.fieldPointerByte()).isEqualTo(atByte);
        assertThat(sense.fieldPointerBit()).isEqualTo(atBit);
        assertThat(gateway.controlMode()).isZero();
        assertThat(gateway.takeUnitAttentions()).isEmpty();
    }

    @Test
    void shouldSayWhatOfTheControlModePageCanBeChangedAndBringSavedValuesBack() throws Exception {
        assertThat(sense6(0x4A, 0)).contains("8a0a34163040000000000000");
        assertThat(sense6(0x8A, 0)).contains("8a0a00100000000000000000");
        assertThat(select6("00000000 0A 0A 20 12 30 00 00 00 00 00 00 00", true).isGood())
                .isTrue();
        assertThat(select6("00000000 0A 0A 00 10 00 00 00 00 00 00 00 00", false)
                        .isGood())
                .isTrue();
        assertThat(gateway.controlMode()).isZero();
        gateway.logicalUnitReset();
        assertThat(sense6(0x0A, 0)).contains("8a0a20123000");
        assertThat(gateway.controlMode()).isEqualTo(0xD10);
        gateway.close();
        open();
        assertThat(sense6(0x0A, 0)).contains("8a0a20123000");
    }

    @Test
    void shouldKeepSavedValuesOverARestart() throws Exception {
        assertThat(select6("00000000" + CACHING_OFF, true).isGood()).isTrue();
        gateway.close();
        open();
        assertThat(sense6(0x08, 0)).contains("881200");
    }

    @Test
    void shouldFailAndChangeNothingWhenSavingFails() throws Exception {
        Files.createDirectory(home.resolve("mode-pages.new")); // stands where the new file should go
        CommandResult result = select6("00000000" + CACHING_OFF, true);
        assertThat(result.additionalSense()).isEqualTo(AdditionalSense.INTERNAL_TARGET_FAILURE);
        assertThat(sense6(0x08, 0)).contains("881204");
    }

    @Test
    void shouldSayWhatToDoWithADamagedFile() throws Exception {
        gateway.close();
        Files.writeString(home.resolve("mode-pages"), "not hexadecimal\n");
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("remove the file to return to the default values");
        Files.delete(home.resolve("mode-pages"));
        open();
    }

    @Test
    void shouldListAndSenseLogPages() {
        assertThat(gateway.execute("4D 00 40 00 00 0000 00FF 00", 255).dataIn()).isEqualTo(hex("00000002 00 03"));
        assertThat(gateway.execute("28 00 00000000 00 0001 00", 512).isGood()).isTrue();
        assertThat(gateway.execute("4D 00 43 00 00 0003 00FF 00", 255).dataIn())
                .isEqualTo(hex("0300000C 0005 00 08 0000000000000001"));
        assertThat(gateway.execute("4D 00 43 00 00 0006 00FF 00", 255).sense().fieldPointerByte())
                .isEqualTo(5);
        assertThat(gateway.execute("4C 02 43 00 000000 0000 00").isGood()).isTrue();
        byte[] reset = gateway.execute("4D 00 43 00 00 0005 00FF 00", 255).dataIn();
        assertThat(Arrays.copyOfRange(reset, 8, 16)).containsOnly(0);
    }
}
