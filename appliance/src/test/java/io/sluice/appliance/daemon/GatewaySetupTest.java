// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.appliance.config.ApplianceConfig.Chap;
import io.sluice.appliance.config.ApplianceConfig.Credentials;
import io.sluice.appliance.config.ApplianceConfig.Gateway;
import io.sluice.appliance.config.ApplianceConfig.Group;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Supervision;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.appliance.config.PortalAddress;
import io.sluice.runtime.ControlClient.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GatewaySetupTest {
    private static ApplianceConfig config(Target target) {
        return new ApplianceConfig(
                Path.of("x.toml"),
                new Gateway(
                        GatewayKind.DAEMON,
                        List.of(new PortalAddress("127.0.0.1", 0)),
                        1,
                        "auto",
                        "auto",
                        "info",
                        1,
                        64,
                        1 << 24,
                        4,
                        Duration.ofSeconds(30),
                        ApplianceConfig.Limits.DEFAULT),
                new Supervision(Duration.ZERO),
                Optional.empty(),
                new Chap(Optional.of(new Credentials("d", "s")), Optional.empty()),
                List.of(),
                List.of(),
                List.of(target),
                List.of(new AccessState(2, Access.STANDBY, Optional.of("disk"), true)));
    }

    @Test
    void shouldProtectATargetBeforeAnybodyCanReachIt() throws IOException {
        RecordingPlane recorder = new RecordingPlane();
        Target target = new Target(
                "t",
                "alias",
                new Chap(Optional.of(new Credentials("i", "s")), Optional.of(new Credentials("m", "s"))),
                List.of("iqn.a*"),
                List.of(new Lun(0, "disk", false)),
                List.of(new Group("g", List.of("iqn.b"), List.of(new Lun(1, "tape", true)))));
        ApplianceConfig config = config(target);
        GatewaySetup.configure(recorder, config);
        assertThat(GatewaySetup.open(recorder, config.gateway().portals()))
                .containsExactly(new PortalAddress("127.0.0.1", 4000));
        assertThat(recorder.calls)
                .containsExactly(
                        "chap  d",
                        "access disk 2 STANDBY preferred",
                        "target t alias",
                        "chap t i",
                        "mutual t m",
                        "group g",
                        "initiator g iqn.b",
                        "lun g 1 tape read-only",
                        "initiator default iqn.a*",
                        "deny",
                        "lun default 0 disk",
                        "portal 127.0.0.1:0");
    }

    @Test
    void shouldLetEverybodyInWithoutAnAllowList() throws IOException {
        RecordingPlane recorder = new RecordingPlane();
        GatewaySetup.configure(
                recorder,
                config(new Target("t", "", Chap.NONE, List.of(), List.of(new Lun(0, "disk", false)), List.of())));
        assertThat(recorder.calls)
                .containsExactly("chap  d", "access disk 2 STANDBY preferred", "target t ", "lun default 0 disk");
    }
}
