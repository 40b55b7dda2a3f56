// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is kept with a cartridge beside its data, as in the memory chip of a tape cartridge (MAM, SPC-5). A change is another object.
 *
 * @param history what drives have done with it
 * @param proportion how much of its capacity may be used, of {@value #WHOLE} (SET CAPACITY, SSC-5)
 * @param attributes what hosts wrote, by attribute identifier; nobody changes a value
 */
public record CartridgeMemory(VolumeHistory history, int proportion, SortedMap<Integer, byte[]> attributes) {
    /** {@code proportion} of the whole capacity. */
    public static final int WHOLE = 0xFFFF;

    /** Of a cartridge that was never used. */
    public static final CartridgeMemory NEW = new CartridgeMemory(VolumeHistory.NONE, WHOLE, new TreeMap<>());

    public CartridgeMemory {
        if (proportion < 1 || proportion > WHOLE) {
            throw new IllegalArgumentException("proportion " + proportion + " of the capacity: 1 to " + WHOLE);
        }
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    public CartridgeMemory with(VolumeHistory other) {
        return new CartridgeMemory(other, proportion, attributes);
    }

    public CartridgeMemory with(SortedMap<Integer, byte[]> others) {
        return new CartridgeMemory(history, proportion, others);
    }

    /** With so much of the capacity; 0 is the least that there is, 1. */
    public CartridgeMemory limited(int other) {
        return new CartridgeMemory(history, Math.max(other, 1), attributes);
    }

    /** What may be used of a capacity in bytes, rounded up. */
    public long usable(long capacity) {
        long rest = capacity % WHOLE * proportion;
        return capacity / WHOLE * proportion + (rest + WHOLE - 1) / WHOLE;
    }
}
