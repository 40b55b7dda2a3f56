// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.example.KitDisk;
import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.scsi.PeripheralDeviceType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InquiryTest {
    private GatewayDouble gateway;

    @BeforeEach
    void open(@TempDir Path home) throws Exception {
        gateway = GatewayDouble.open("kit", home, context -> new KitDisk(context, 1000));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private static String ascii(byte[] data, int from, int length) {
        return new String(data, from, length, StandardCharsets.US_ASCII);
    }

    @Test
    void shouldReturnStandardData() {
        byte[] data = gateway.execute("12 00 00 01 00 00", 256).dataIn();
        assertThat(data).hasSize(96);
        assertThat(data[0]).isZero();
        assertThat(data[3] & 0x0F).isEqualTo(2);
        assertThat(data[4]).isEqualTo((byte) 91);
        assertThat(data[7]).isZero();
        assertThat(ascii(data, 8, 28)).isEqualTo("EXAMPLE KIT DISK        1   ");
    }

    @Test
    void shouldListItsPagesAndHaveEachOfThem() {
        byte[] list = gateway.execute("12 01 00 01 00 00", 256).dataIn();
        byte[] codes = Arrays.copyOfRange(list, 4, list.length);
        assertThat(codes).containsExactly(0x00, 0x80, 0x83, 0x86, 0xB0, 0xB1);
        for (byte code : codes) {
            CommandResult page = gateway.execute(String.format("12 01 %02X 01 00 00", code), 256);
            assertThat(page.isGood()).isTrue();
            assertThat(page.dataIn()[1]).isEqualTo(code);
            assertThat((page.u8(2) << 8) | page.u8(3)).isEqualTo(page.dataIn().length - 4);
        }
    }

    @Test
    void shouldNameTheLogicalUnitAndLeaveThePortsToTheGateway() {
        byte[] page = gateway.execute("12 01 83 04 00 00", 1024).dataIn();
        Set<String> kinds = new HashSet<>();
        for (int at = 4; at < page.length; at += 4 + (page[at + 3] & 0xFF)) {
            kinds.add(((page[at + 1] >> 4) & 3) + "/" + (page[at + 1] & 0x0F));
            if ((page[at + 1] & 0x0F) == 3) {
                assertThat((page[at + 4] >> 4) & 0x0F).as("NAA").isEqualTo(3);
            }
        }
        assertThat(kinds).containsExactlyInAnyOrder("0/3", "0/1");
    }

    @Test
    void shouldPointToThePageThatIsNotThere() {
        assertThat(gateway.execute("12 01 C7 01 00 00", 256).sense().fieldPointerByte())
                .isEqualTo(2);
        assertThat(gateway.execute("12 00 80 01 00 00", 256).sense().fieldPointerByte())
                .isEqualTo(2);
    }

    @Test
    void shouldRefuseNamesThatDoNotFit() {
        assertThatThrownBy(() -> Inquiry.of(PeripheralDeviceType.DIRECT_ACCESS, "TOO LONG A NAME", "P", "1", "S"))
                .hasMessageContaining("use at most 8 printable ASCII characters");
        assertThatThrownBy(() -> Inquiry.of(PeripheralDeviceType.DIRECT_ACCESS, "V", "P", "1", " "))
                .hasMessageContaining("serial is empty");
    }
}
