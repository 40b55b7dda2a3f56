// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The text that {@code sluice up} prints: what is served and how to connect. Its existence says that it is. */
final class ReadyFile {
    private ReadyFile() {}

    /**
     * The text.
     *
     * @param devices a description of each device by name
     */
    static String text(
            ApplianceConfig config,
            List<PortalAddress> portals,
            Map<String, String> devices,
            Optional<PortalAddress> metrics) {
        StringBuilder text = new StringBuilder();
        for (Target target : config.targets()) {
            text.append("target ").append(target.name()).append('\n');
            for (Lun lun : target.luns()) {
                text.append("  LUN %-3d %s: %s%n"
                        .formatted(
                                lun.lun(),
                                lun.device(),
                                devices.getOrDefault(lun.device(), "not served, appliance.log says why")));
            }
            target.groups()
                    .forEach(group -> text.append("  group %s: %d LUNs%n"
                            .formatted(group.name(), group.luns().size())));
        }
        portals.forEach(portal -> text.append("portal ").append(portal).append('\n'));
        metrics.ifPresent(
                address -> text.append("metrics http://").append(address).append("/metrics\n"));
        if (config.gateway().kind() == GatewayKind.MODULE) {
            text.append("\ndevices of this machine: lsscsi, /dev/disk/by-id, /dev/tape/by-id\n");
        }
        if (!portals.isEmpty()) {
            String reachable = reachable(portals.getFirst()).authority();
            text.append("\nconnect:\n");
            text.append("  iscsi-ls -s iscsi://").append(reachable).append('\n');
            text.append("  iscsiadm -m discovery -t sendtargets -p ")
                    .append(reachable)
                    .append(" --login\n");
        }
        return text.toString();
    }

    /** Written aside and renamed: who sees the file sees all of it. */
    static void write(Path file, String text) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(aside, text);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A portal on every address is reached by loopback, at least. */
    private static PortalAddress reachable(PortalAddress portal) {
        return switch (portal.address()) {
            case "0.0.0.0" -> new PortalAddress("127.0.0.1", portal.port());
            case "::" -> new PortalAddress("::1", portal.port());
            default -> portal;
        };
    }
}
