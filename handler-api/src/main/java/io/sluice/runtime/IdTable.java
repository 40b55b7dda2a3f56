// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.HotPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects by the identifier that the gateway gave them. Readers probe an immutable open-addressed table that a writer
 * replaces as a whole, so a look-up takes no lock and allocates nothing. Writers exclude each other by the monitor.
 */
final class IdTable<T> {
    private static final class Slots {
        private final int[] ids;
        private final @Nullable Object[] values;

        private Slots(int size) {
            ids = new int[size];
            values = new @Nullable Object[size];
        }
    }

    private final Map<Integer, T> entries = new HashMap<>();
    private volatile Slots slots = new Slots(4);

    @HotPath
    @SuppressWarnings("unchecked")
    @Nullable
    T find(int id) {
        Slots table = slots;
        int mask = table.ids.length - 1;
        for (int i = hash(id) & mask; ; i = (i + 1) & mask) {
            Object value = table.values[i];
            if (value == null || table.ids[i] == id) {
                return (T) value;
            }
        }
    }

    @HotPath
    private static int hash(int id) {
        int mixed = id * 0x9E3779B9;
        return mixed ^ (mixed >>> 15);
    }

    synchronized void put(int id, T value) {
        entries.put(id, value);
        rebuild();
    }

    synchronized @Nullable T remove(int id) {
        T removed = entries.remove(id);
        rebuild();
        return removed;
    }

    synchronized List<T> all() {
        return new ArrayList<>(entries.values());
    }

    synchronized @Nullable Integer idOf(T value) {
        for (Map.Entry<Integer, T> entry : entries.entrySet()) {
            if (entry.getValue().equals(value)) {
                return entry.getKey();
            }
        }
        return null;
    }

    /** At most half full, so that a probe for a stranger ends soon. */
    private void rebuild() {
        int size = Integer.highestOneBit(Math.max(2, entries.size() * 2 - 1)) << 1;
        Slots table = new Slots(size);
        entries.forEach((id, value) -> {
            int i = hash(id) & (size - 1);
            while (table.values[i] != null) {
                i = (i + 1) & (size - 1);
            }
            table.ids[i] = id;
            table.values[i] = value;
        });
        slots = table;
    }
}
