// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.format.GrowingBuffer;
import io.sluice.vtl.store.format.LabelRecord;
import io.sluice.vtl.store.format.Mount;
import io.sluice.vtl.store.format.SegmentHeader;
import io.sluice.vtl.store.format.Sums;
import io.sluice.vtl.store.format.TwinRecord;
import io.sluice.vtl.store.storage.FileStorage;
import io.sluice.vtl.store.storage.Storage;
import io.sluice.vtl.store.storage.StorageObject;
import io.sluice.vtl.store.storage.StorageSpace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Cartridges on a {@link Storage}, each in a space with its barcode's name; it exists while its label does. */
public final class StoredCartridges implements CartridgeStore {
    /** Behind so many bytes a cartridge on local files is synced, whoever asks: a benchmark does the same. */
    public static final long CHECKPOINT_BYTES = StoreShape.STANDARD.checkpointBytes();

    private final Storage storage;
    private final StoreShape shape;

    StoredCartridges(Storage storage, StoreShape shape) {
        this.storage = storage;
        this.shape = shape;
    }

    /** Cartridges in a folder of the local file system, which is made if need be. */
    public static StoredCartridges in(Path folder) throws IOException {
        return new StoredCartridges(new FileStorage(folder), StoreShape.STANDARD);
    }

    private record Identity(CartridgeLabel label, UUID cartridge) {}

    @Override
    public List<CartridgeLabel> labels() throws IOException {
        List<CartridgeLabel> labels = new ArrayList<>();
        for (String name : storage.spaces()) {
            try {
                labels.add(identity(storage.space(name)).label());
            } catch (NoSuchFileException e) {
                // being made, or being deleted
            }
        }
        return labels;
    }

    @Override
    public CartridgeLabel label(String barcode) throws IOException {
        return existing(barcode).label();
    }

    private Identity existing(String barcode) throws IOException {
        try {
            return identity(storage.space(barcode));
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "there is no cartridge " + barcode + ": sluice tape list shows those that are there", e);
        }
    }

    private static Identity identity(StorageSpace space) throws IOException {
        String what = space.name() + "/" + ObjectNames.LABEL;
        try (Arena arena = Arena.ofConfined()) {
            TwinRecord twin = OpenedLog.readTwin(space, ObjectNames.LABEL, TwinRecord.LABEL, TwinRecord.buffer(arena));
            return new Identity(LabelRecord.decode(twin.content(), what), twin.cartridge());
        }
    }

    private static void storeLabel(StorageSpace space, CartridgeLabel label, UUID cartridge) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            GrowingBuffer buffer = TwinRecord.buffer(arena);
            long bytes = new TwinRecord(TwinRecord.LABEL, cartridge, LabelRecord.encode(label)).put(buffer);
            space.replace(ObjectNames.LABEL, buffer.segment(), bytes);
        }
    }

    /** The label comes last: without it there is no cartridge, whatever else is there. */
    @Override
    @SuppressWarnings("try") // a lease is held, not used
    public void create(CartridgeLabel label) throws IOException {
        StorageSpace space = storage.space(label.barcode());
        space.make();
        try (StorageSpace.Lease lease = space.lease();
                Arena arena = Arena.ofConfined()) {
            List<String> left = space.list();
            if (left.contains(ObjectNames.LABEL)) {
                throw new IOException("there is a cartridge " + label.barcode()
                        + " already: choose another barcode, or delete that one");
            }
            for (String name : left) {
                space.delete(name);
            }
            UUID cartridge = UUID.randomUUID();
            GrowingBuffer buffer = TwinRecord.buffer(arena);
            firstSegment(space, cartridge, buffer);
            long bytes = new TwinRecord(
                            TwinRecord.SEGMENTS, cartridge, SegmentTable.first().encode())
                    .put(buffer);
            space.replace(ObjectNames.segments(0), buffer.segment(), bytes);
            storeLabel(space, label, cartridge);
        }
    }

    private static void firstSegment(StorageSpace space, UUID cartridge, GrowingBuffer buffer) throws IOException {
        new SegmentHeader(cartridge, 0, 1, Mount.NONE, new Sums()).put(buffer);
        try (StorageObject data = space.create(ObjectNames.data(0, 1))) {
            if (data.append(buffer.segment(), 0, SegmentHeader.BYTES) != MediumResult.OK
                    || data.sync() != MediumResult.OK) {
                throw new IOException("cartridge " + space.name() + " is not made: " + data.failure());
            }
        }
    }

    @Override
    @SuppressWarnings("try")
    public void writeProtect(String barcode, boolean on) throws IOException {
        Identity identity = existing(barcode);
        StorageSpace space = storage.space(barcode);
        CartridgeLabel label = identity.label();
        try (StorageSpace.Lease lease = space.lease()) {
            storeLabel(
                    space,
                    new CartridgeLabel(barcode, label.type(), label.capacityBytes(), on, label.created()),
                    identity.cartridge());
        }
    }

    @Override
    @SuppressWarnings("try")
    public void delete(String barcode) throws IOException {
        existing(barcode);
        StorageSpace space = storage.space(barcode);
        try (StorageSpace.Lease lease = space.lease()) {
            space.delete(ObjectNames.LABEL);
            // Makes that durable before anything else goes.
            space.replace(ObjectNames.DELETED, MemorySegment.NULL, 0);
            space.remove();
        }
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // the partition closes it
    public Cartridge mount(String barcode, UUID mount) throws IOException {
        existing(barcode);
        StorageSpace space = storage.space(barcode);
        StorageSpace.Lease lease = space.lease();
        Arena arena = Arena.ofShared();
        try {
            Identity identity = existing(barcode);
            boolean writable = !identity.label().writeProtected();
            OpenedLog log = OpenedLog.open(space, identity.cartridge(), 0, mount, writable, arena);
            StoredPartition partition =
                    new StoredPartition(arena, shape, identity.label().capacityBytes(), writable, mount, log);
            StoredMemory memory = StoredMemory.open(space, identity.cartridge());
            return new StoredCartridge(identity.label(), identity.cartridge(), memory, partition, lease);
        } catch (IOException | RuntimeException e) {
            arena.close();
            lease.close();
            throw e;
        }
    }

    @Override
    public void close() {
        // what is mounted is its users' to close
    }
}
