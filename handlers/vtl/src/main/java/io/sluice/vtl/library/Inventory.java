// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is in each element, in memory; the journal makes it and keeps it. Threads: guarded by who owns it. */
final class Inventory {
    private final UUID id;
    private final Map<String, Placement> byBarcode = new HashMap<>();
    private final @Nullable Placement[] byAddress = new @Nullable Placement[0x10000];
    private final AppliedSequences applied = new AppliedSequences();
    private Geometry geometry;

    Inventory(UUID id, Geometry geometry) {
        this.id = id;
        this.geometry = geometry;
    }

    UUID id() {
        return id;
    }

    Geometry geometry() {
        return geometry;
    }

    /** Elements may be added, never taken away. */
    void geometry(Geometry larger) {
        boolean grows = larger.layout() == geometry.layout()
                && larger.drives() >= geometry.drives()
                && larger.mailSlots() >= geometry.mailSlots()
                && larger.slots() >= geometry.slots();
        if (!grows) {
            throw new IllegalArgumentException(larger + " after " + geometry + ": elements cannot be taken away");
        }
        geometry = larger;
    }

    AppliedSequences applied() {
        return applied;
    }

    /** The cartridge in an element; null if it is empty, or is none. */
    @Nullable
    Placement at(int address) {
        return address > 0 && address < byAddress.length ? byAddress[address] : null;
    }

    @Nullable
    Placement find(String barcode) {
        return byBarcode.get(barcode);
    }

    Collection<Placement> all() {
        return Collections.unmodifiableCollection(byBarcode.values());
    }

    /**
     * Would {@link #apply} leave each cartridge in one place and each element with one cartridge at most?
     *
     * @throws IllegalArgumentException if not
     */
    void check(Transition transition) {
        Set<String> leaving = new HashSet<>(transition.forgotten());
        transition.placements().forEach(placement -> leaving.add(placement.barcode()));
        Set<Integer> taken = new HashSet<>();
        Set<String> named = new HashSet<>();
        for (Placement placement : transition.placements()) {
            int address = placement.address();
            if (!named.add(placement.barcode()) || transition.forgotten().contains(placement.barcode())) {
                throw new IllegalArgumentException(placement.barcode() + " would be in two places");
            }
            if (placement.onShelf()) {
                continue;
            }
            ElementType type = geometry.type(address);
            if (type == null || type == ElementType.MEDIUM_TRANSPORT) {
                throw new IllegalArgumentException(placement + ": no element that holds a cartridge");
            }
            Placement there = at(address);
            if (!taken.add(address) || (there != null && !leaving.contains(there.barcode()))) {
                throw new IllegalArgumentException(placement + ": the element is full");
            }
        }
    }

    /** Makes the change, which {@link #check} has found possible. */
    void apply(Transition transition) {
        for (String barcode : transition.forgotten()) {
            remove(barcode);
        }
        for (Placement placement : transition.placements()) {
            remove(placement.barcode());
        }
        for (Placement placement : transition.placements()) {
            byBarcode.put(placement.barcode(), placement);
            if (!placement.onShelf()) {
                byAddress[placement.address()] = placement;
            }
        }
        applied.add(transition.sequence());
    }

    private void remove(String barcode) {
        Placement before = byBarcode.remove(barcode);
        if (before != null && !before.onShelf()) {
            byAddress[before.address()] = null;
        }
    }
}
