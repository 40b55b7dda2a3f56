// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.Chap;
import io.sluice.appliance.config.ApplianceConfig.Gateway;
import io.sluice.appliance.config.ApplianceConfig.Limits;
import io.sluice.appliance.config.ApplianceConfig.Supervision;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.appliance.config.PortalAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorFilesTest {
    private static ApplianceConfig config(GatewayKind kind, long poolBytes) {
        return config(kind, poolBytes, Duration.ofSeconds(7));
    }

    private static ApplianceConfig config(GatewayKind kind, long poolBytes, Duration grace) {
        return new ApplianceConfig(
                Path.of("x"),
                new Gateway(
                        kind,
                        List.of(new PortalAddress("127.0.0.1", 3260)),
                        3,
                        "auto",
                        "auto",
                        "info",
                        1,
                        64,
                        poolBytes,
                        4,
                        grace,
                        new Limits(11, 12, 13)),
                new Supervision(Duration.ofSeconds(9)),
                Optional.empty(),
                Chap.NONE,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    void shouldGiveTheModuleItsParametersWithRoomForTheConfiguredPool(@TempDir Path root) throws Exception {
        HomeDirectory home = new HomeDirectory(root);
        SupervisorFiles.write(home, config(GatewayKind.MODULE, 16L << 30), List.of("other"));
        assertThat(Files.readAllLines(home.gatewayKind())).containsExactly("module");
        assertThat(Files.readAllLines(home.gatewayArguments()))
                .containsExactly(
                        "max_devices=11", "max_nexuses=12", "max_sessions=13", "max_pool_mib=16384", "grace_s=7");
        assertThat(Files.readAllLines(home.handlers())).containsExactly("other");
        assertThat(Files.readAllLines(home.hangTimeout())).containsExactly("9");
        assertThat(SupervisorFiles.parameters(
                        config(GatewayKind.MODULE, 16L << 20).gateway()))
                .contains("max_pool_mib=4096");
    }

    @Test
    void shouldRoundTheGraceUpToTheModulesSeconds() {
        assertThat(SupervisorFiles.parameters(config(GatewayKind.MODULE, 16L << 20, Duration.ofMillis(200))
                        .gateway()))
                .contains("grace_s=1");
        assertThat(SupervisorFiles.parameters(config(GatewayKind.MODULE, 16L << 20, Duration.ofMillis(7001))
                        .gateway()))
                .contains("grace_s=8");
    }

    @Test
    void shouldGiveTheDaemonItsOptions(@TempDir Path root) throws Exception {
        HomeDirectory home = new HomeDirectory(root);
        SupervisorFiles.write(home, config(GatewayKind.DAEMON, 16L << 20), List.of());
        assertThat(Files.readAllLines(home.gatewayKind())).containsExactly("daemon");
        assertThat(Files.readAllLines(home.gatewayArguments()))
                .containsSequence("--loops", "3")
                .containsSequence("--max-devices", "11");
    }
}
