// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.vtl.changer.ElementStatusDecoder.Report;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChangerProviderTest {
    private final ChangerProvider provider = new ChangerProvider();

    @TempDir
    Path directory;

    private DeviceConfig config(Map<String, ?> keys) {
        Map<String, Object> all = new HashMap<>(keys);
        all.put("path", directory.resolve("library").toString());
        return DeviceConfig.of("changer", all);
    }

    private Report elements(GatewayDouble gateway) {
        return ElementStatusDecoder.decode(
                gateway.execute("B8 10 0000 FFFF 00 FFFFFF 00 00", 65_536).dataIn());
    }

    @Test
    void shouldMakeTheUsualLibraryAndGoByItsOwnStateAfterwards() throws Exception {
        try (GatewayDouble gateway = GatewayDouble.open(provider, config(Map.of()), directory)) {
            Report report = elements(gateway);
            assertThat(report.count()).isEqualTo(1 + 2 + 4 + 24);
            assertThat(report.elements().stream().filter(e -> e.isFull()).map(e -> e.tag()))
                    .hasSize(8)
                    .contains("VTL001L8", "VTL008L8");
            byte[] inquiry = gateway.execute("12 00 00 0060 00", 96).dataIn();
            assertThat(new String(inquiry, 8, 24, StandardCharsets.US_ASCII)).isEqualTo("IBM     03584L32        ");
            assertThat(inquiry[0]).isEqualTo((byte) 8);
            assertThat(gateway.execute("A5 00 0000 0401 0418 00 00 00 00").isGood())
                    .isTrue();
        }
        Map<String, ?> others = Map.of("slots", 3, "cartridges", 1, "drives", 9, "product", "OTHER");
        try (GatewayDouble gateway = GatewayDouble.open(provider, config(others), directory)) {
            Report report = elements(gateway);
            assertThat(report.count()).isEqualTo(1 + 2 + 4 + 24);
            assertThat(report.elements().getLast().tag()).isEqualTo("VTL001L8");
        }
    }

    @Test
    void shouldSayWhatIsWrongWithItsConfiguration() {
        assertThatThrownBy(() -> provider.check(config(Map.of("slots", 65_001))))
                .isInstanceOf(DeviceConfigException.class)
                .hasMessageContaining("65000");
        assertThatThrownBy(
                        () -> provider.check(config(Map.of("cartridges", 100, "slots", 200, "barcode_prefix", "LONG"))))
                .hasMessageContaining("shorten barcode_prefix");
        assertThatThrownBy(() -> provider.check(config(Map.of("medium", "dds"))))
                .hasMessageContaining("\"lto-8\"");
        assertThatThrownBy(() -> provider.check(config(Map.of("vendor", "TOO LONG A NAME"))))
                .hasMessageContaining("vendor");
    }
}
