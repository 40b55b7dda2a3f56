// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.config.ApplianceConfig.Device;
import io.sluice.appliance.config.ApplianceConfig.DeviceGroup;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.handler.CommandTimeouts;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.GroupMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables of plugins that stand for several devices and their LUNs. */
final class GroupSectionsTest {
    private static final Path FILE = Path.of("sluice.toml");

    /** {@code [[shelf]]} with {@code boxes}: a box at each LUN. What it has grown by is its own state. */
    private static final class ShelfProvider implements DeviceGroupProvider {
        private int grownBy;

        @Override
        public String word() {
            return "shelf";
        }

        @Override
        public void check(DeviceConfig config) throws DeviceConfigException {
            config.integer("boxes", 1, 1, 9);
            config.string("colour", "red");
        }

        @Override
        public List<GroupMember> expand(DeviceConfig config) throws DeviceConfigException {
            List<GroupMember> members = new ArrayList<>();
            for (int box = 0; box < config.integer("boxes", 1, 1, 9) + grownBy; box++) {
                members.add(new GroupMember(config.name() + "-box-" + box, box, "box", Map.of("number", box)));
            }
            return members;
        }
    }

    private final ShelfProvider provider = new ShelfProvider();

    private ApplianceConfig read(String text) throws ConfigException {
        return new ConfigReader(Path.of("/home"), Map.of())
                .withGroups(Map.of("shelf", provider))
                .read(FILE, text);
    }

    private List<String> errors(String text) {
        try {
            read(text);
            return List.of();
        } catch (ConfigException e) {
            return e.errors().stream().map(ConfigError::toString).toList();
        }
    }

    private static final String SHELF = """
            [[shelf]]
            name = "s"
            target = "iqn.2026-11.io.sluice:shelf"
            handler = "boxes"
            timeout = 30
            boxes = 2
            """;

    @Test
    void shouldMakeDevicesAndLunsOfOneTable() throws ConfigException {
        ApplianceConfig config = read(SHELF);
        assertThat(config.devices()).extracting(Device::name).containsExactly("s-box-0", "s-box-1");
        Device second = config.devices().getLast();
        assertThat(second.type()).isEqualTo("box");
        assertThat(second.handler()).isEqualTo("boxes");
        assertThat(second.line()).isEqualTo(1);
        assertThat(second.timeouts()).isEqualTo(CommandTimeouts.all(Duration.ofSeconds(30)));
        assertThat(second.values()).isEqualTo(Map.of("number", 1));
        assertThat(config.handlers()).containsExactly("main", "boxes");
        assertThat(config.targets()).hasSize(1);
        assertThat(config.targets().getFirst().name()).isEqualTo("iqn.2026-11.io.sluice:shelf");
        assertThat(config.targets().getFirst().luns())
                .containsExactly(new Lun(0, "s-box-0", false), new Lun(1, "s-box-1", false));
        DeviceGroup group = config.groups().getFirst();
        assertThat(group.word()).isEqualTo("shelf");
        assertThat(group.config().get().name()).isEqualTo("s");
    }

    @Test
    void shouldGiveTheKeysOfAMemberToItsProviderAndNoOthers() throws Exception {
        DeviceConfig member = read(SHELF).devices().getLast().config();
        assertThat(member.integer("number", 0, 0, 9)).isEqualTo(1);
        member.rejectUnknown();
    }

    @Test
    void shouldAddItsLunsToATargetOfTheFile() throws ConfigException {
        ApplianceConfig config = read(SHELF + """
                [[target]]
                name = "iqn.2026-11.io.sluice:shelf"
                alias = "mine"
                [[target.lun]]
                lun = 7
                device = "s-box-1"
                """);
        assertThat(config.targets()).hasSize(1);
        assertThat(config.targets().getFirst().alias()).isEqualTo("mine");
        assertThat(config.targets().getFirst().luns()).extracting(Lun::lun).containsExactly(7, 0, 1);
    }

    @Test
    void shouldSayWhichLunOfTheTargetIsTaken() {
        assertThat(errors(SHELF + """
                [[target]]
                name = "iqn.2026-11.io.sluice:shelf"
                [[target.lun]]
                lun = 1
                device = "s-box-0"
                """))
                .singleElement()
                .asString()
                .startsWith("sluice.toml:3: shelf[0].target")
                .contains("LUN 1");
    }

    @Test
    void shouldReportEveryErrorOfTheTableWithItsLine() {
        assertThat(errors("""
                [[shelf]]
                target = "iqn.2026-11.io.sluice:Shelf Nr"
                boxes = 10
                color = "blue"
                """))
                .satisfiesExactlyInAnyOrder(
                        e -> assertThat(e).startsWith("sluice.toml:1: shelf[0]: key `name` is missing"),
                        e -> assertThat(e).startsWith("sluice.toml:2: shelf[0].target"),
                        e -> assertThat(e).startsWith("sluice.toml:3: shelf \"\": boxes = 10"),
                        e -> assertThat(e).startsWith("sluice.toml:4: ").contains("did you mean colour?"));
    }

    @Test
    void shouldRefuseTwoOfOneName() {
        assertThat(errors(SHELF + SHELF))
                .singleElement()
                .asString()
                .startsWith("sluice.toml:8: shelf[1].name")
                .contains("line 1");
    }

    @Test
    void shouldRefuseADeviceWithTheNameOfAMember() {
        assertThat(new ConfigReader(Path.of("/home"), Map.of(), true))
                .satisfies(reader -> assertThat(readErrors(reader.withGroups(Map.of("shelf", provider)), SHELF + """
                        [[device]]
                        name = "s-box-1"
                        type = "any"
                        """))
                        .singleElement()
                        .asString()
                        .startsWith("sluice.toml:2: ")
                        .contains("line 7"));
    }

    private static List<String> readErrors(ConfigReader reader, String text) {
        try {
            reader.read(FILE, text);
            return List.of();
        } catch (ConfigException e) {
            return e.errors().stream().map(ConfigError::toString).toList();
        }
    }

    @Test
    void shouldNotKnowTheTableWithoutItsProviderUnlessAPluginIsBroken() {
        assertThat(readErrors(new ConfigReader(Path.of("/home"), Map.of()), SHELF))
                .singleElement()
                .asString()
                .contains("unknown key `shelf`");
        assertThat(readErrors(new ConfigReader(Path.of("/home"), Map.of(), true), SHELF))
                .isEmpty();
    }

    @Test
    void shouldTellByWhichDevicesAGroupHasGrown() throws ConfigException {
        ApplianceConfig before = read(SHELF);
        assertThat(before.grown(read(SHELF))).isEmpty();
        provider.grownBy = 1;
        ApplianceConfig after = read(SHELF);
        List<Device> grown = before.grown(after);
        assertThat(grown).extracting(Device::name).containsExactly("s-box-2");
        assertThat(before.withDevices(grown).grown(after)).isEmpty();
        assertThat(before.withDevices(grown).differences(after)).isEmpty();
        ApplianceConfig elsewhere = read(SHELF.replace("\"boxes\"", "\"other\""));
        assertThat(before.grown(elsewhere)).as("another process's").isEmpty();
    }

    @Test
    void shouldLeaveTheErrorsOfAnotherProcessToIt() throws ConfigException {
        ConfigReader main = new ConfigReader(Path.of("/home"), Map.of())
                .withGroups(Map.of("shelf", provider))
                .checkingDevicesOf("main");
        ApplianceConfig config = main.read(FILE, SHELF.replace("boxes = 2", "boxes = 10"));
        assertThat(config.devices()).isEmpty();
    }
}
