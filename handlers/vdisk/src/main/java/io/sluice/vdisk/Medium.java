// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ItNexus;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether the medium is in, and who prevents its removal (SPC-5 6.16): each I_T nexus for itself, until it allows removal,
 * is lost, or the logical unit is reset.
 */
final class Medium {
    private final boolean removable;
    private final Set<ItNexus> preventing = ConcurrentHashMap.newKeySet();
    private volatile boolean loaded = true;

    Medium(boolean removable) {
        this.removable = removable;
    }

    boolean isRemovable() {
        return removable;
    }

    boolean isLoaded() {
        return loaded;
    }

    void loaded(boolean value) {
        loaded = value;
    }

    void prevent(ItNexus nexus) {
        preventing.add(nexus);
    }

    void allow(ItNexus nexus) {
        preventing.remove(nexus);
    }

    void allowAll() {
        preventing.clear();
    }

    boolean isRemovalPrevented() {
        return !preventing.isEmpty();
    }
}
