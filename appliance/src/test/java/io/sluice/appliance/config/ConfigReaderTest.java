// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.CommandTimeouts;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProvider;
import io.sluice.handler.Pace;
import io.sluice.runtime.ControlClient.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    private static final Path FILE = Path.of("sluice.toml");

    /** Knows {@code size} and {@code read_only}. */
    private static final class BrickProvider implements DeviceProvider {
        @Override
        public String type() {
            return "brick";
        }

        @Override
        public void check(DeviceConfig config) throws DeviceConfigException {
            config.bytes("size");
            config.bool("read_only", false);
        }

        @Override
        public Device open(DeviceContext context, DeviceConfig config) {
            throw new UnsupportedOperationException();
        }
    }

    private static ApplianceConfig read(String text) throws ConfigException {
        return new ConfigReader(Path.of("/home"), Map.of("brick", new BrickProvider())).read(FILE, text);
    }

    private static List<String> errors(String text) {
        try {
            read(text);
            return List.of();
        } catch (ConfigException e) {
            return e.errors().stream().map(ConfigError::toString).toList();
        }
    }

    private static final String GOOD = """
            [gateway]
            portals = ["127.0.0.1:3260", "[::1]:3261,2"]
            loops = 2
            pool = "32MiB"

            [metrics]
            listen = "127.0.0.1:9000"

            [discovery.chap]
            user = "d"
            secret = "discovery-secret"

            [[device]]
            name = "disk0"
            type = "brick"
            size = "1GiB"

            [[target]]
            name = "iqn.2026-11.io.sluice:disk"
            allow = ["iqn.a*"]

            [target.chap]
            user = "me"
            secret = "twelve-bytes"
            mutual_user = "you"
            mutual_secret = "twelve-others"

            [[target.lun]]
            lun = 0
            device = "disk0"

            [[target.group]]
            name = "g"
            initiators = ["iqn.b?"]

            [[target.group.lun]]
            lun = 7
            device = "disk0"
            read_only = true

            [[access]]
            group = 2
            state = "active-non-optimized"
            device = "disk0"
            preferred = true
            """;

    @Test
    void shouldReadEverythingThatIsThere() throws ConfigException {
        ApplianceConfig config = read(GOOD);
        assertThat(config.gateway().portals())
                .containsExactly(new PortalAddress("127.0.0.1", 3260), new PortalAddress("::1", 3261, 2));
        assertThat(config.accessStates())
                .containsExactly(
                        new ApplianceConfig.AccessState(2, Access.ACTIVE_NON_OPTIMIZED, Optional.of("disk0"), true));
        assertThat(config.gateway().loops()).isEqualTo(2);
        assertThat(config.gateway().poolBytes()).isEqualTo(32L << 20);
        assertThat(config.metrics()).contains(new PortalAddress("127.0.0.1", 9000));
        assertThat(config.discovery().initiator().orElseThrow().secret()).isEqualTo("discovery-secret");
        assertThat(config.devices()).singleElement().satisfies(device -> {
            assertThat(device.config().bytes("size")).isEqualTo(1L << 30);
            assertThat(device.line()).isEqualTo(13);
        });
        ApplianceConfig.Target target = config.targets().getFirst();
        assertThat(target.allow()).containsExactly("iqn.a*");
        assertThat(target.chap().target().orElseThrow().user()).isEqualTo("you");
        assertThat(target.luns()).containsExactly(new ApplianceConfig.Lun(0, "disk0", false));
        assertThat(target.groups().getFirst().luns()).containsExactly(new ApplianceConfig.Lun(7, "disk0", true));
    }

    @Test
    void shouldCheckAccessStates() {
        assertThat(errors("""
                [[access]]
                group = 2
                state = "sleepy"
                [[access]]
                group = 1
                state = "standby"
                device = "none"
                [[access]]
                state = "standby"
                """))
                .containsExactly(
                        "sluice.toml:2: access[0].group = 2: no portal is in that group; there are [1]; write a portal as"
                                + " \"ADDRESS:PORT,2\"",
                        "sluice.toml:3: access[0].state = \"sleepy\": is no access state; choose one of"
                                + " active-non-optimized, active-optimized, offline, standby, unavailable",
                        "sluice.toml:7: access[1].device = \"none\": no such device; there are []; leave it out for all"
                                + " of them",
                        "sluice.toml:8: access[2]: key `group` is missing: write group = 2, the portal group behind the"
                                + " comma of a portal");
    }

    /** What a reload applies, and what it leaves to the next start. */
    @Test
    void shouldTellWhatWaitsForARestart() throws ConfigException {
        ApplianceConfig now = read(GOOD);
        assertThat(now.differences(read(GOOD.replace("lun = 7", "lun = 8")))).isEmpty();
        assertThat(now.withTargetsOf(read(GOOD.replace("lun = 7", "lun = 8")))
                        .targets()
                        .getFirst()
                        .groups()
                        .getFirst()
                        .luns()
                        .getFirst()
                        .lun())
                .isEqualTo(8);
        assertThat(now.differences(read(GOOD.replace("loops = 2", "loops = 3"))))
                .containsExactly("[gateway]");
        assertThat(now.differences(read(GOOD.replace("\"1GiB\"", "\"2GiB\"")))).containsExactly("device disk0");
    }

    @Test
    void shouldNotPrintSecrets() throws ConfigException {
        assertThat(read(GOOD).toString()).doesNotContain("twelve", "discovery-secret");
    }

    @Test
    void shouldReadWhatTheGatewayHasRoomFor() throws ConfigException {
        assertThat(read(GOOD).gateway().limits()).isEqualTo(ApplianceConfig.Limits.DEFAULT);
        assertThat(read(GOOD.replace("loops = 2", "max_devices = 10000\nmax_nexuses = 2000\nmax_sessions = 2"))
                        .gateway()
                        .limits())
                .isEqualTo(new ApplianceConfig.Limits(10_000, 2000, 2));
        assertThat(errors("[gateway]\nmax_devices = 0\nmax_nexuses = 32769\nmax_sessions = 1\n"))
                .satisfiesExactly(
                        devices -> assertThat(devices).contains("sluice.toml:2: gateway.max_devices", "1 to 1000000"),
                        nexuses -> assertThat(nexuses).contains("sluice.toml:3: gateway.max_nexuses", "1 to 32768"),
                        sessions -> assertThat(sessions).contains("sluice.toml:4: gateway.max_sessions", "2 to 1024"));
    }

    @Test
    void shouldNameLineAndNearestKeyOfAnUnknownKey() {
        assertThat(errors("[gateway]\nlopps = 2\n"))
                .containsExactly("sluice.toml:2: gateway: unknown key `lopps`; did you mean `loops`?");
    }

    @Test
    void shouldReportEveryErrorWithItsLine() {
        List<String> errors = errors("""
                [gateway]
                portals = ["127.0.0.1:3260", "localhost:3260", "1.2.3.4:99999"]
                loops = "two"
                pool = "5 apples"
                [[device]]
                name = "a b"
                type = "brick"
                size = "1 potato"
                colour = "red"
                [[device]]
                name = "disk1"
                type = "brik"
                [[device]]
                name = "disk1"
                type = "brick"
                size = 512
                [[target]]
                name = "disk"
                [target.chap]
                user = "me"
                secret = "short"
                [[target.lun]]
                lun = 0
                device = "disk1"
                [[target.lun]]
                lun = 0
                device = "disk2"
                [[target.lun]]
                lun = 99999
                device = "disk1"
                """);
        assertThat(errors).hasSize(14);
        assertThat(errors.get(0))
                .startsWith("sluice.toml:2: gateway.portals[1]")
                .contains("localhost", "numeric");
        assertThat(errors.get(1))
                .startsWith("sluice.toml:2: gateway.portals[2]")
                .contains("99999");
        assertThat(errors.get(2))
                .startsWith("sluice.toml:3: gateway.loops = \"two\"")
                .contains("1 to 64");
        assertThat(errors.get(3))
                .startsWith("sluice.toml:4: gateway.pool = \"5 apples\"")
                .contains("64MiB");
        assertThat(errors.get(4)).startsWith("sluice.toml:6: device[0].name = \"a b\"");
        assertThat(errors.get(5)).startsWith("sluice.toml:8:").contains("1 potato");
        assertThat(errors.get(6)).startsWith("sluice.toml:9:").contains("colour");
        assertThat(errors.get(7)).startsWith("sluice.toml:12:").contains("did you mean \"brick\"?");
        assertThat(errors.get(8)).startsWith("sluice.toml:14:").contains("line 10");
        assertThat(errors.get(9)).startsWith("sluice.toml:18:").contains("no iSCSI name", "iqn.2026-11.com.example");
        assertThat(errors.get(10))
                .startsWith("sluice.toml:21:")
                .contains("5 bytes", "12")
                .doesNotContain("short");
        assertThat(errors.get(11)).startsWith("sluice.toml:26:").contains("mapped on line 23");
        assertThat(errors.get(12)).startsWith("sluice.toml:27:").contains("did you mean \"disk1\"?");
        assertThat(errors.get(13)).startsWith("sluice.toml:29:").contains("99999", "0 to 16383");
    }

    @Test
    void shouldReadForHowLongAHandlerMayHang() throws ConfigException {
        assertThat(read(GOOD).supervision().hangTimeout()).isEqualTo(Duration.ofSeconds(45));
        assertThat(read(GOOD + "\n[handler]\n").supervision())
                .isEqualTo(read(GOOD).supervision());
        ApplianceConfig off = read(GOOD + "\n[handler]\nhang_timeout = 0\n");
        assertThat(off.supervision().hangTimeout()).isZero();
        assertThat(read(GOOD).differences(off)).containsExactly("[handler]");
        assertThat(errors("[handler]\nhang_timeout = 86401\n"))
                .containsExactly("sluice.toml:2: handler.hang_timeout = 86401: wants a whole number from 0 to 86400;"
                        + " write for example hang_timeout = 45");
        assertThat(errors("[handler]\nhang_timeout = \"45s\"\n"))
                .singleElement()
                .asString()
                .startsWith("sluice.toml:2: handler.hang_timeout = \"45s\": wants a whole number");
        assertThat(errors("[handler]\nhang_timeouts = 45\n"))
                .containsExactly("sluice.toml:2: handler: unknown key `hang_timeouts`; did you mean `hang_timeout`?");
    }

    private static ApplianceConfig.Device brick(String timeout) throws ConfigException {
        return read("[[device]]\nname = \"b\"\ntype = \"brick\"\nsize = 512\n" + timeout)
                .devices()
                .getFirst();
    }

    @Test
    void shouldReadTheTimeoutsOfADevicesCommands() throws ConfigException {
        assertThat(brick("").timeouts()).isEqualTo(CommandTimeouts.DEFAULT);
        assertThat(brick("timeout = 20\n").timeouts()).isEqualTo(CommandTimeouts.all(Duration.ofSeconds(20)));
        CommandTimeouts some = brick("timeout = { data = 90, long = 86400 }\n").timeouts();
        assertThat(some.of(Pace.PROMPT)).isZero();
        assertThat(some.of(Pace.DATA)).isEqualTo(Duration.ofSeconds(90));
        assertThat(some.of(Pace.MEDIUM)).isZero();
        assertThat(some.of(Pace.LONG)).isEqualTo(Duration.ofDays(1));
        ApplianceConfig.Device device = brick("timeout = 20\n");
        assertThat(device.isLike(brick("timeout = 20\n"))).isTrue();
        assertThat(device.isLike(brick("timeout = 21\n"))).isFalse();
    }

    @Test
    void shouldCheckTheTimeoutsOfADevicesCommands() {
        String device = "[[device]]\nname = \"b\"\ntype = \"brick\"\nsize = 512\n";
        for (String wrong : List.of("0", "86401", "\"30s\"", "1.5", "true")) {
            assertThat(errors(device + "timeout = " + wrong + "\n"))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "sluice.toml:5: device[0].timeout = " + wrong + ": wants a whole number from 1 to 86400");
        }
        assertThat(errors(device + "timeout = { data = 0, middle = 3 }\n"))
                .hasSize(2)
                .anySatisfy(error -> assertThat(error).contains("device[0].timeout.data = 0: wants a whole number"))
                .anySatisfy(error -> assertThat(error).contains("unknown key `middle`"));
    }

    @Test
    void shouldTakeProcessorsAsAListAndSayHowToWriteOne() {
        for (String cpus : List.of("auto", "any", "follow", "0", "0,2-3,17")) {
            assertThat(errors("[gateway]\ncpus = \"" + cpus + "\"\n")).isEmpty();
        }
        for (String cpus : List.of("", "all", "0,", "1-", "0;1", "-1")) {
            assertThat(errors("[gateway]\ncpus = \"" + cpus + "\"\n"))
                    .singleElement()
                    .asString()
                    .startsWith("sluice.toml:2: gateway.cpus = \"" + cpus + "\"")
                    .contains("0,2-3");
        }
    }

    @Test
    void shouldReportEachLineThatIsNoTomlAndCheckTheRest() {
        assertThat(errors("[gateway]\nportals = [\nloops 2\n")).isNotEmpty();
        List<String> errors = errors("[gateway]\nloops = = 2\ndepth = 3\nspin = \"auto\n");
        assertThat(errors).hasSize(3);
        assertThat(errors.get(0)).startsWith("sluice.toml:2: no valid TOML");
        assertThat(errors.get(1)).startsWith("sluice.toml:3: gateway.depth = 3: is no power of two; write depth = 2");
        assertThat(errors.get(2)).startsWith("sluice.toml:4: no valid TOML");
    }

    @Test
    void shouldRefuseTheSameSecretInBothDirections() {
        assertThat(errors("""
                [discovery.chap]
                user = "a"
                secret = "the same secret"
                mutual_user = "b"
                mutual_secret = "the same secret"
                """))
                .singleElement()
                .asString()
                .startsWith("sluice.toml:5:")
                .contains("12.1.4")
                .doesNotContain("the same secret");
    }

    @Test
    void shouldNameKeysThatAreMissing() {
        assertThat(errors("[[device]]\ntype = \"brick\"\nsize = 512\n\n[[target]]\nalias = \"x\"\n"))
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("sluice.toml:1: device[0]: key `name` is missing"),
                        second -> assertThat(second).startsWith("sluice.toml:5: target[0]: key `name` is missing"));
    }

    @Test
    void shouldSayThatAFileIsMissingOrNotReadable(@TempDir Path directory) throws IOException {
        ConfigReader reader = new ConfigReader(directory, Map.of());
        Path file = directory.resolve("none.toml");
        assertThatThrownBy(() -> reader.read(file))
                .hasMessage(file + ": no such file: give the path of a configuration; "
                        + "`sluice up` writes one to HOME/sluice.toml");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> reader.read(file)).hasMessageContaining("UTF-8");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        if (!Files.isReadable(file)) { // root reads everything
            assertThatThrownBy(() -> reader.read(file)).hasMessageContaining("permission denied");
        }
    }
}
