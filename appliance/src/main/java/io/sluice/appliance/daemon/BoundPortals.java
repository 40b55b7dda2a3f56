// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Remembers which ports a configured port 0 became, from the first start of this run until {@code down}: an initiator that
 * lost the gateway comes back to the address it knows, and a restarted appliance must not open a second portal beside
 * the first.
 */
final class BoundPortals {
    private BoundPortals() {}

    /** The configured portals, with the port of last time where 0 was asked for. */
    static List<PortalAddress> recall(Path file, List<PortalAddress> configured) throws IOException {
        if (!Files.exists(file)) {
            return configured;
        }
        List<PortalAddress> known =
                Files.readAllLines(file).stream().map(PortalAddress::parse).toList();
        List<PortalAddress> wanted = new ArrayList<>();
        for (int i = 0; i < configured.size(); i++) {
            PortalAddress portal = configured.get(i);
            boolean same = i < known.size() && known.get(i).address().equals(portal.address());
            wanted.add(portal.port() == 0 && same ? known.get(i) : portal);
        }
        return wanted;
    }

    /** Writes the portals as they were bound, in the order of the configuration. */
    static void remember(Path file, List<PortalAddress> bound) throws IOException {
        StringBuilder text = new StringBuilder();
        bound.forEach(portal -> text.append(portal).append('\n'));
        ReadyFile.write(file, text.toString());
    }
}
