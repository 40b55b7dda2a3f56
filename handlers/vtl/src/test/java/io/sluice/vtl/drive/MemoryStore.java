// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Cartridges in memory, which outlive the drives of a test as files outlive a process. */
final class MemoryStore implements CartridgeStore {
    private final Map<String, CartridgeLabel> labels = new TreeMap<>();
    private final Map<String, MemoryPartition> media = new TreeMap<>();
    private final CrashPoint crashPoint;
    private @Nullable Partition instead;

    MemoryStore(CrashPoint crashPoint) {
        this.crashPoint = crashPoint;
    }

    /** A store with one cartridge more. */
    MemoryStore with(String barcode, MediumType type, long capacity) {
        return with(new CartridgeLabel(barcode, type, capacity, false, Instant.EPOCH));
    }

    private MemoryStore with(CartridgeLabel label) {
        create(label);
        return this;
    }

    /** Every cartridge has this medium instead of its own. */
    MemoryStore serving(Partition medium) {
        instead = medium;
        return this;
    }

    MemoryPartition medium(String barcode) {
        MemoryPartition there = media.get(barcode);
        if (there == null) {
            throw new IllegalArgumentException(barcode);
        }
        return there;
    }

    @Override
    public List<CartridgeLabel> labels() {
        return List.copyOf(labels.values());
    }

    @Override
    public CartridgeLabel label(String barcode) throws IOException {
        CartridgeLabel there = labels.get(barcode);
        if (there == null) {
            throw new IOException("no cartridge " + barcode);
        }
        return there;
    }

    @Override
    public void create(CartridgeLabel label) {
        labels.put(label.barcode(), label);
        media.put(label.barcode(), new MemoryPartition(label.capacityBytes(), crashPoint));
    }

    @Override
    public void writeProtect(String barcode, boolean on) throws IOException {
        CartridgeLabel old = label(barcode);
        labels.put(barcode, new CartridgeLabel(barcode, old.type(), old.capacityBytes(), on, old.created()));
    }

    @Override
    public void delete(String barcode) {
        labels.remove(barcode);
        media.remove(barcode);
    }

    @Override
    public Cartridge mount(String barcode, UUID mount) throws IOException {
        CartridgeLabel label = label(barcode);
        MemoryPartition medium = medium(barcode);
        medium.mounted(mount);
        return new Cartridge() {
            @Override
            public CartridgeLabel label() {
                return label;
            }

            @Override
            public int partitions() {
                return 1;
            }

            @Override
            public Partition partition(int index) {
                Partition other = instead;
                return other == null ? medium : other;
            }

            @Override
            public boolean writeProtected() {
                return label.writeProtected();
            }

            @Override
            public void close() throws IOException {
                if (medium.sync() != 0) {
                    throw new IOException(barcode + ": the end of what was written may be lost");
                }
            }
        };
    }

    @Override
    public void close() {}
}
