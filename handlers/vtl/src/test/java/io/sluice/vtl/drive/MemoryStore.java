// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private final Map<String, CartridgeMemory> memories = new TreeMap<>();
    private final CrashPoint crashPoint;
    private @Nullable Partition instead;
    /** What keeping returns from now on. */
    long failKeeping;

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

    /** Those of a cartridge are damaged, or not there (null). */
    void memory(String barcode, @Nullable CartridgeMemory memory) {
        if (memory == null) {
            memories.remove(barcode);
        } else {
            memories.put(barcode, memory);
        }
    }

    @Nullable
    CartridgeMemory memory(String barcode) {
        return memories.get(barcode);
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
        memories.put(label.barcode(), CartridgeMemory.NEW);
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
            public UUID serial() {
                return UUID.nameUUIDFromBytes(barcode.getBytes(StandardCharsets.US_ASCII));
            }

            @Override
            public @Nullable CartridgeMemory memory() {
                return memories.get(barcode);
            }

            @Override
            public long keep(CartridgeMemory memory) {
                crashPoint.pass();
                if (failKeeping != MediumResult.OK) {
                    return failKeeping;
                }
                memories.put(barcode, memory);
                medium.limit(memory.usable(label.capacityBytes()));
                crashPoint.pass();
                return MediumResult.OK;
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
