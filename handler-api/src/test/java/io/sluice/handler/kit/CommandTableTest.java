// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.example.KitDisk;
import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.BigEndian;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.SenseData;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTableTest {
    private GatewayDouble gateway;

    @BeforeEach
    void open(@TempDir Path home) throws Exception {
        gateway = GatewayDouble.open("kit", home, context -> new KitDisk(context, 1000));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void shouldRefuseAnUnknownOperationCode() {
        assertThat(gateway.execute("C0 00 00 00 00 00").additionalSense())
                .isEqualTo(AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    }

    @ParameterizedTest
    @CsvSource({
        "28 20 00000000 00 0001 00, 1, 5", // RDPROTECT
        "28 01 00000000 00 0001 00, 1, 0",
        "28 00 00000000 40 0001 00, 6, 6", // GROUP NUMBER is not evaluated
        "28 00 00000000 00 0001 02, 9, 1", // obsolete in CONTROL
        "00 00 00 00 80 00, 4, 7",
        "9E 11 00000000 00000000 00000000 00 00, 1, 4", // a service action that is not there
        "A3 0C 08 00 0000 00000040 00 00, 2, 3",
    })
    void shouldPointToTheReservedBitThatIsSet(String cdb, int atByte, int atBit) {
        SenseData sense = gateway.execute(cdb, 512).sense();
        assertThat(sense.additional()).isEqualTo(AdditionalSense.INVALID_FIELD_IN_CDB);
        assertThat(sense.fieldPointerInCdb()).isTrue();
        assertThat(sense.fieldPointerByte()).isEqualTo(atByte);
        assertThat(sense.fieldPointerBit()).isEqualTo(atBit);
    }

    /** SAM-6 5.10: the gateway evaluates it, for every device. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "00 00 00 00 00 04",
                "28 00 00000000 00 0001 04",
                "88 00 0000000000000000 00000001 00 04",
                "A3 0C 00 00 0000 00000040 00 04"
            })
    void shouldLeaveNacaToTheGateway(String cdb) {
        assertThat(gateway.execute(cdb, 512).isGood()).isTrue();
    }

    @Test
    void shouldReportEveryCommandOnceAndEachAsSupported() {
        CommandResult all = gateway.execute("A3 0C 00 00 0000 00001000 00 00", 4096);
        byte[] data = all.dataIn();
        int length = (int) BigEndian.u32(MemorySegment.ofArray(data), 0);
        assertThat(length).isEqualTo(data.length - 4).isPositive();
        assertThat(length % 8).isZero();
        for (int at = 4; at < data.length; at += 8) {
            boolean action = (data[at + 5] & 1) != 0;
            String one = String.format(
                    "A3 0C %02X %02X %02X%02X 00000100 00 00", action ? 2 : 1, data[at], data[at + 2], data[at + 3]);
            byte[] answer = gateway.execute(one, 256).dataIn();
            assertThat(answer[1]).as(one).isEqualTo((byte) 3);
            assertThat(answer[3]).as(one).isEqualTo(data[at + 7]);
            assertThat(answer[4]).as(one).isEqualTo(data[at]);
        }
    }

    @Test
    void shouldReportTimeoutsWithRctd() {
        byte[] one = gateway.execute("A3 0C 81 28 0000 00000100 00 00", 256).dataIn();
        assertThat(HexFormat.of().formatHex(one))
                .isEqualTo("0083000a" + "2818ffffffff00ffff04" + "000a0000" + "00000001" + "0000001e");
        byte[] all = gateway.execute("A3 0C 80 00 0000 00001000 00 00", 4096).dataIn();
        assertThat((all.length - 4) % 20).isZero();
    }

    @Test
    void shouldRefuseToReportAnOperationCodeWithoutItsServiceAction() {
        assertThat(gateway.execute("A3 0C 01 9E 0000 00000100 00 00", 256)
                        .sense()
                        .fieldPointerByte())
                .isEqualTo(2);
        assertThat(gateway.execute("A3 0C 02 28 0000 00000100 00 00", 256)
                        .sense()
                        .fieldPointerByte())
                .isEqualTo(2);
        assertThat(gateway.execute("A3 0C 03 28 0001 00000100 00 00", 256).u8(1))
                .isEqualTo(1);
        assertThat(gateway.execute("A3 0C 03 28 0000 00000100 00 00", 256).u8(1))
                .isEqualTo(3);
        assertThat(gateway.execute("A3 0C 01 C0 0000 00000100 00 00", 256).u8(1))
                .isEqualTo(1);
    }

    /** The gateway adds what it serves; a device that reports it, too, would be a second truth. */
    @Test
    void shouldLeaveToTheGatewayWhatTheGatewayServes() {
        assertThat(gateway.execute("A3 0C 03 A0 0000 00000100 00 00", 256).u8(1))
                .isEqualTo(1);
        assertThat(gateway.execute("A3 0C 03 A3 000D 00000100 00 00", 256).u8(1))
                .isEqualTo(1);
        assertThat(gateway.execute("A3 0D 00 00 0000 00000010 00 00", 16).additionalSense())
                .isEqualTo(AdditionalSense.INVALID_FIELD_IN_CDB);
    }

    @Test
    void shouldRefuseTablesThatContradictThemselves() {
        assertThatThrownBy(() -> CommandTable.builder().command(OpCode.READ_10, "2A 00 00 00 00 00", command -> {}))
                .hasMessageContaining("operation code 28h");
        CommandTable.Builder twice =
                CommandTable.builder().command(OpCode.TEST_UNIT_READY, "00 00 00 00 00 00", command -> command.good());
        assertThatThrownBy(() -> twice.command(OpCode.TEST_UNIT_READY, "00 00 00 00 00 00", command -> {}))
                .isInstanceOf(IllegalStateException.class);
    }
}
