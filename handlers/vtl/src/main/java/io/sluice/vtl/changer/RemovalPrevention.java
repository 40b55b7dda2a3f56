// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.ItNexus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Who prevents that an operator takes cartridges out (SPC-5 6.16): each I_T nexus for itself, until it allows it, is lost, or the
 * logical unit is reset. A process that takes over finds that as it was. Threads: any.
 */
final class RemovalPrevention {
    private final RemovalRecord record;
    private final Set<String> preventing; // by port names: the nexus of a former process is another object

    private final Set<String> announced = new HashSet<>();

    RemovalPrevention(Path home) throws IOException {
        record = new RemovalRecord(home);
        preventing = record.load();
    }

    synchronized boolean isPrevented() {
        return !preventing.isEmpty();
    }

    synchronized void prevent(ItNexus nexus) {
        if (preventing.add(name(nexus))) {
            record.store(preventing);
        }
    }

    synchronized void allow(ItNexus nexus) {
        if (preventing.remove(name(nexus))) {
            record.store(preventing);
        }
    }

    synchronized void allowAll() {
        if (!preventing.isEmpty()) {
            preventing.clear();
            record.store(preventing);
        }
    }

    synchronized void nexusAdded(ItNexus nexus) {
        announced.add(name(nexus));
    }

    synchronized void nexusRemoved(ItNexus nexus) {
        announced.remove(name(nexus));
        allow(nexus);
    }

    /** Who prevented removal and has not been announced is gone. */
    synchronized void takenOver() {
        if (preventing.retainAll(announced)) {
            record.store(preventing);
        }
    }

    private static String name(ItNexus nexus) {
        return nexus.initiatorPort() + " " + nexus.targetPort();
    }
}
