// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ItNexus;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether the medium is in, and who prevents its removal (SPC-5 6.16): each I_T nexus for itself, until it allows removal,
 * is lost, or the logical unit is reset. A process that takes over finds all of that as it was.
 */
final class Medium {
    private final boolean removable;
    private final MediumRecord record;
    private final Set<ItNexus> preventing = new HashSet<>(); // guarded by this
    private final Set<String> before; // prevented it under a former process, and not here yet; guarded by this
    private volatile boolean loaded;

    Medium(boolean removable, MediumRecord record) throws IOException {
        this.removable = removable;
        this.record = record;
        loaded = record.isLoaded();
        before = record.preventing();
    }

    boolean isRemovable() {
        return removable;
    }

    boolean isLoaded() {
        return loaded;
    }

    synchronized void loaded(boolean value) {
        loaded = value;
        store();
    }

    synchronized void prevent(ItNexus nexus) {
        if (preventing.add(nexus)) {
            store();
        }
    }

    synchronized void allow(ItNexus nexus) {
        boolean prevented = preventing.remove(nexus);
        if (before.remove(name(nexus)) || prevented) {
            store();
        }
    }

    synchronized void allowAll() {
        if (!preventing.isEmpty() || !before.isEmpty()) {
            preventing.clear();
            before.clear();
            store();
        }
    }

    /** What a former process left does not count. */
    synchronized void poweredOn() {
        preventing.clear();
        before.clear();
        loaded = true;
        store();
    }

    /** The gateway announced it, to a process that takes over: it may have prevented removal before. */
    synchronized void nexusAdded(ItNexus nexus) {
        if (before.remove(name(nexus))) {
            preventing.add(nexus);
        }
    }

    /** Who prevented removal and has not been announced is gone. */
    synchronized void takenOver() {
        if (!before.isEmpty()) {
            before.clear();
            store();
        }
    }

    synchronized boolean isRemovalPrevented() {
        return !preventing.isEmpty() || !before.isEmpty();
    }

    private void store() {
        Set<String> nexuses = new HashSet<>(before);
        preventing.forEach(nexus -> nexuses.add(name(nexus)));
        record.store(loaded, nexuses);
    }

    private static String name(ItNexus nexus) {
        return nexus.initiatorPort() + " " + nexus.targetPort();
    }
}
