// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandlerNameTest {
    /** Knows {@code size}. */
    private static final class BrickProvider implements DeviceProvider {
        @Override
        public String type() {
            return "brick";
        }

        @Override
        public void check(DeviceConfig config) throws DeviceConfigException {
            config.bytes("size");
        }

        @Override
        public Device open(DeviceContext context, DeviceConfig config) {
            throw new UnsupportedOperationException();
        }
    }

    private static final Path FILE = Path.of("sluice.toml");

    private static ConfigReader reader(String home) {
        return new ConfigReader(Path.of(home), Map.of("brick", new BrickProvider()));
    }

    private static String device(String name, String lines) {
        return "[[device]]\nname = \"" + name + "\"\ntype = \"brick\"\n" + lines;
    }

    @Test
    void shouldServeADeviceThatNamesNoHandlerInTheMainOne() throws ConfigException {
        ApplianceConfig config = reader("/home")
                .read(
                        FILE,
                        device("a", "size = 1\n")
                                + device("b", "size = 1\nhandler = \"tape_2\"\n")
                                + device("c", "size = 1\nhandler = \"x\"\n")
                                + device("d", "size = 1\nhandler = \"tape_2\"\n"));
        assertThat(config.handlers()).containsExactly("main", "tape_2", "x");
        assertThat(config.devicesOf("main"))
                .extracting(ApplianceConfig.Device::name)
                .containsExactly("a");
        assertThat(config.devicesOf("tape_2"))
                .extracting(ApplianceConfig.Device::name)
                .containsExactly("b", "d");
    }

    @Test
    void shouldHaveAMainHandlerEvenIfNoDeviceIsInIt() throws ConfigException {
        assertThat(reader("/home")
                        .read(FILE, device("a", "size = 1\nhandler = \"x\"\n"))
                        .handlers())
                .containsExactly("main", "x");
    }

    @Test
    void shouldReportANameThatIsNone() {
        for (String name : List.of("", "a b", "../x", "-x", "a.b", "x".repeat(33))) {
            assertThatThrownBy(() -> reader("/home").read(FILE, device("a", "size = 1\nhandler = \"" + name + "\"\n")))
                    .hasMessage("sluice.toml:5: device[0].handler = \"" + name + "\": is no name of a handler process;"
                            + " use 1 to 32 letters, digits, hyphens and underscores, or leave the key out (\"main\")");
        }
    }

    @Test
    void shouldReportANameWhoseSocketHasTooLongAPath() throws ConfigException {
        String home = "/" + "h".repeat(79);
        String fits = "x".repeat(107 - (home + "/run/admin-.sock").length());
        assertThat(reader(home)
                        .read(FILE, device("a", "size = 1\nhandler = \"" + fits + "\"\n"))
                        .handlers())
                .contains(fits);
        assertThatThrownBy(() -> reader(home).read(FILE, device("a", "size = 1\nhandler = \"" + fits + "yz\"\n")))
                .hasMessageStartingWith("sluice.toml:5: device[0].handler = ")
                .hasMessageContaining("/run/admin-" + fits + "yz.sock, is too long by 2 bytes")
                .hasMessageContaining("--home");
    }

    @Test
    void shouldLeaveWhatIsWrongInAnotherHandlersDeviceToThatHandler() throws ConfigException {
        String text = device("a", "size = 1\n")
                + device("b", "sise = 1\nhandler = \"x\"\n")
                + "[[device]]\nname = \"c\"\ntype = \"brik\"\nhandler = \"x\"\n";
        assertThat(reader("/home").checkingDevicesOf("main").read(FILE, text).devicesOf("x"))
                .hasSize(2);
        assertThatThrownBy(() -> reader("/home").checkingDevicesOf("x").read(FILE, text))
                .hasMessageContaining("sise")
                .hasMessageContaining("did you mean \"brick\"?");
        assertThatThrownBy(() -> reader("/home").read(FILE, text)).hasMessageContaining("sise");
    }
}
