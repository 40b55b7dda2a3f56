// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.Chap;
import io.sluice.appliance.config.ApplianceConfig.Credentials;
import io.sluice.appliance.config.ApplianceConfig.Gateway;
import io.sluice.appliance.config.ApplianceConfig.Group;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GatewaySetupTest {
    /** Writes down what it is asked for. */
    private static final class Recorder implements ControlPlane {
        final List<String> calls = new ArrayList<>();

        @Override
        public PortalAddress addPortal(PortalAddress portal, int portalGroup) {
            calls.add("portal " + portal);
            return new PortalAddress(portal.address(), 4000);
        }

        @Override
        public void addTarget(String target, String alias) {
            calls.add("target " + target + " " + alias);
        }

        @Override
        public void addGroup(String target, String group) {
            calls.add("group " + group);
        }

        @Override
        public void addInitiator(String target, String group, String pattern) {
            calls.add("initiator " + group + " " + pattern);
        }

        @Override
        public void mapLun(String target, String group, int lun, String device) {
            calls.add("lun " + group + " " + lun + " " + device);
        }

        @Override
        public void requireChap(String target, Credentials initiator) {
            calls.add("chap " + target + " " + initiator.user());
        }

        @Override
        public void answerChap(String target, Credentials mutual) {
            calls.add("mutual " + target + " " + mutual.user());
        }

        @Override
        public void denyUnknown(String target) {
            calls.add("deny");
        }
    }

    private static ApplianceConfig config(Target target) {
        return new ApplianceConfig(
                Path.of("x.toml"),
                new Gateway(
                        List.of(new PortalAddress("127.0.0.1", 0)),
                        1,
                        "auto",
                        "auto",
                        "info",
                        1,
                        64,
                        1 << 24,
                        4,
                        Duration.ofSeconds(30)),
                Optional.empty(),
                new Chap(Optional.of(new Credentials("d", "s")), Optional.empty()),
                List.of(),
                List.of(target));
    }

    @Test
    void shouldProtectATargetBeforeAnybodyCanReachIt() throws IOException {
        Recorder recorder = new Recorder();
        Target target = new Target(
                "t",
                "alias",
                new Chap(Optional.of(new Credentials("i", "s")), Optional.of(new Credentials("m", "s"))),
                List.of("iqn.a*"),
                List.of(new Lun(0, "disk")),
                List.of(new Group("g", List.of("iqn.b"), List.of(new Lun(1, "tape")))));
        ApplianceConfig config = config(target);
        GatewaySetup.configure(recorder, config);
        assertThat(GatewaySetup.open(recorder, config.gateway().portals()))
                .containsExactly(new PortalAddress("127.0.0.1", 4000));
        assertThat(recorder.calls)
                .containsExactly(
                        "chap  d",
                        "target t alias",
                        "chap t i",
                        "mutual t m",
                        "group g",
                        "initiator g iqn.b",
                        "lun g 1 tape",
                        "group allow list",
                        "initiator allow list iqn.a*",
                        "lun allow list 0 disk",
                        "deny",
                        "lun default 0 disk",
                        "portal 127.0.0.1:0");
    }

    @Test
    void shouldLetEverybodyInWithoutAnAllowList() throws IOException {
        Recorder recorder = new Recorder();
        GatewaySetup.configure(
                recorder, config(new Target("t", "", Chap.NONE, List.of(), List.of(new Lun(0, "disk")), List.of())));
        assertThat(recorder.calls).containsExactly("chap  d", "target t ", "lun default 0 disk");
    }
}
