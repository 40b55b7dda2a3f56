// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.Chap;
import io.sluice.appliance.config.ApplianceConfig.Gateway;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Supervision;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.appliance.config.PortalAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadyFileTest {
    @Test
    void shouldSayWhatIsServedAndHowToConnectFromThisMachine() {
        List<PortalAddress> portals = List.of(new PortalAddress("0.0.0.0", 3260), new PortalAddress("::", 3260));
        ApplianceConfig config = config(portals);
        assertThat(ReadyFile.text(
                        config,
                        portals,
                        Map.of("disk", "vdisk, 1 GiB"),
                        Optional.of(new PortalAddress("127.0.0.1", 9464))))
                .contains(
                        "target iqn.t\n",
                        "  LUN 0   disk: vdisk, 1 GiB\n",
                        "portal [::]:3260\n",
                        "metrics http://127.0.0.1:9464/metrics\n",
                        "  iscsi-ls -s iscsi://127.0.0.1:3260\n",
                        "  iscsiadm -m discovery -t sendtargets -p 127.0.0.1:3260 --login\n");
    }

    @Test
    void shouldSayWhereTheDevicesOfTheModuleAre() {
        ApplianceConfig config =
                config(List.of(new PortalAddress("127.0.0.1", 3260))).withKind(GatewayKind.MODULE);
        assertThat(ReadyFile.text(config, List.of(), Map.of("disk", "vdisk, 1 GiB"), Optional.empty()))
                .contains("  LUN 0   disk: vdisk, 1 GiB\n", "devices of this machine: lsscsi, /dev/disk/by-id")
                .doesNotContain("portal", "iscsi-ls");
    }

    private static ApplianceConfig config(List<PortalAddress> portals) {
        return new ApplianceConfig(
                Path.of("x"),
                new Gateway(
                        GatewayKind.DAEMON,
                        portals,
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
                Chap.NONE,
                List.of(),
                List.of(),
                List.of(new Target("iqn.t", "", Chap.NONE, List.of(), List.of(new Lun(0, "disk", false)), List.of())),
                List.of());
    }
}
