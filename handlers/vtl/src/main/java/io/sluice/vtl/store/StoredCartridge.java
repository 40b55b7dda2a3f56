// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.Partition;
import io.sluice.vtl.store.storage.StorageSpace;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A cartridge that is mounted: the lease of its space, and one partition. */
final class StoredCartridge implements Cartridge {
    private final CartridgeLabel label;
    private final UUID serial;
    private final StoredMemory memory;
    private final StoredPartition partition;
    private final StorageSpace.Lease lease;
    private boolean closed;

    StoredCartridge(
            CartridgeLabel label,
            UUID serial,
            StoredMemory memory,
            StoredPartition partition,
            StorageSpace.Lease lease) {
        this.label = label;
        this.serial = serial;
        this.memory = memory;
        this.partition = partition;
        this.lease = lease;
        limit();
    }

    /** The whole capacity if what limits it is damaged. */
    private void limit() {
        CartridgeMemory kept = memory.get();
        long whole = label.capacityBytes();
        partition.limit(kept == null ? whole : kept.usable(whole));
    }

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
        if (index != 0) {
            throw new IndexOutOfBoundsException("partition " + index + " of " + label.barcode() + ", which has one");
        }
        return partition;
    }

    @Override
    public UUID serial() {
        return serial;
    }

    @Override
    public @Nullable CartridgeMemory memory() {
        return memory.get();
    }

    @Override
    public long keep(CartridgeMemory next) {
        long result = memory.keep(next);
        limit();
        return result;
    }

    @Override
    public boolean writeProtected() {
        return label.writeProtected();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (lease) {
            partition.close();
        }
    }
}
