// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.appliance.cli.ExitStatus;
import io.sluice.appliance.cli.SluiceCommand;
import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ConfigException;
import io.sluice.appliance.config.ConfigReader;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.DeviceProvider;
import io.sluice.handler.Execution;
import io.sluice.handler.GroupMember;
import io.sluice.handler.OperationException;
import io.sluice.runtime.HandlerOptions;
import io.sluice.runtime.HandlerRuntime;
import io.sluice.scsi.PeripheralDeviceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Operators' commands on groups, and groups that grow, in the process that serves them. */
final class GroupOperationsTest {
    /** A device without commands. */
    private static final class BoxProvider implements DeviceProvider {
        @Override
        public String type() {
            return "box";
        }

        @Override
        public void check(DeviceConfig config) {}

        @Override
        public Device open(DeviceContext context, DeviceConfig config) throws DeviceConfigException {
            config.integer("number", 0, 0, 9);
            return Device.of(
                    DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.INLINE)
                            .build(),
                    command -> command.good(0));
        }
    }

    private static final class ShelfProvider implements DeviceGroupProvider {
        private int boxes = 1;

        @Override
        public String word() {
            return "shelf";
        }

        @Override
        public void check(DeviceConfig config) {}

        @Override
        public List<GroupMember> expand(DeviceConfig config) {
            List<GroupMember> members = new ArrayList<>();
            for (int box = 0; box < boxes; box++) {
                members.add(new GroupMember(config.name() + "-" + box, box, "box", Map.of("number", box)));
            }
            return members;
        }

        @Override
        public Set<String> nouns() {
            return Set.of("box");
        }

        @Override
        public Map<String, ?> operate(DeviceConfig config, String noun, List<String> arguments)
                throws OperationException {
            if (arguments.contains("burn")) {
                throw new OperationException("boxes do not burn: water them first");
            }
            return Map.of("shelf", config.name(), "said", List.of(Map.of("words", arguments.toString())));
        }
    }

    @TempDir
    Path directory;

    private final ShelfProvider shelf = new ShelfProvider();
    private HandlerRuntime runtime;
    private GroupOperations operations;

    private ApplianceConfig read() throws ConfigException {
        return new ConfigReader(directory, Map.of("box", new BoxProvider()))
                .withGroups(Map.of("shelf", shelf))
                .read(directory.resolve("sluice.toml"));
    }

    @BeforeEach
    void open() throws Exception {
        Files.writeString(directory.resolve("sluice.toml"), """
                [[shelf]]
                name = "s"
                target = "iqn.2026-11.io.sluice:shelf"
                """);
        HandlerOptions options = new HandlerOptions("test", 1, 8, 1 << 24, 1, Duration.ofSeconds(1));
        runtime = new HandlerRuntime(
                options,
                lost -> {
                    throw new IOException("no gateway here");
                },
                new SimpleMeterRegistry());
        DeviceOpener opener = new DeviceOpener(
                new HomeDirectory(directory),
                directory.resolve("sluice.toml"),
                Map.of("box", new BoxProvider()),
                runtime);
        ApplianceConfig config = read();
        for (ApplianceConfig.Device device : config.devices()) {
            opener.open(device);
        }
        operations = new GroupOperations("main", config, this::read, opener);
    }

    private static ObjectNode request(String group, String... arguments) {
        ObjectNode request =
                AdminProtocol.request("operate").put("word", "shelf").put("group", group);
        return request.put("noun", "box").set("arguments", AdminProtocol.JSON.valueToTree(List.of(arguments)));
    }

    @Test
    void shouldAskTheProviderOfTheGroup() throws Exception {
        ObjectNode answer = operations.operate(request("s", "open", "1"));
        assertThat(answer.path("shelf").stringValue("")).isEqualTo("s");
        assertThat(answer.path("said").path(0).path("words").stringValue("")).isEqualTo("[open, 1]");
    }

    @Test
    void shouldPassARefusalOn() {
        assertThatThrownBy(() -> operations.operate(request("s", "burn")))
                .isInstanceOf(AdminException.class)
                .hasMessage("boxes do not burn: water them first");
        assertThatThrownBy(() -> operations.operate(request("t", "open"))).hasMessageContaining("\"t\" is not served");
    }

    @Test
    void shouldOpenTheDevicesByWhichAGroupHasGrownOnce() throws Exception {
        assertThat(runtime.deviceNames()).containsExactly("s-0");
        assertThat(operations.openGrown().path("devices").size()).isZero();
        shelf.boxes = 3;
        assertThat(operations.openGrown().path("devices").toString()).isEqualTo("[\"s-1\",\"s-2\"]");
        assertThat(runtime.deviceNames()).containsExactlyInAnyOrder("s-0", "s-1", "s-2");
        Device second = runtime.device("s-1");
        assertThat(operations.openGrown().path("devices").size()).isEqualTo(2);
        assertThat(runtime.device("s-1")).isSameAs(second);
    }

    @Test
    void shouldPassOptionsOfThePluginFromTheCommandLineAndFailWhereItSaysSo() throws Exception {
        HomeDirectory home = new HomeDirectory(directory);
        Files.createDirectories(home.run());
        List<JsonNode> requests = new ArrayList<>();
        try (AdminServer server = AdminServer.open(home.adminSocket(), request -> {
            requests.add(request);
            return AdminProtocol.JSON.createObjectNode().put("ok", requests.size() == 1);
        })) {
            String at = directory.toString();
            assertThat(SluiceCommand.run("operate", "box", "open", "--size", "3", "--json", "--home", at, "x"))
                    .isEqualTo(ExitStatus.OK);
            assertThat(SluiceCommand.run("operate", "--home", at, "box", "check"))
                    .isEqualTo(ExitStatus.FAILED);
            assertThat(server.socket()).exists();
        }
        assertThat(requests.getFirst().path("op").stringValue("")).isEqualTo("operate");
        assertThat(requests.getFirst().path("noun").stringValue("")).isEqualTo("box");
        assertThat(requests.getFirst().path("arguments").toString()).isEqualTo("[\"open\",\"--size\",\"3\",\"x\"]");
    }
}
