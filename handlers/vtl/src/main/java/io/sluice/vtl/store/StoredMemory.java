// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.format.GrowingBuffer;
import io.sluice.vtl.store.format.MemoryRecord;
import io.sluice.vtl.store.format.TwinRecord;
import io.sluice.vtl.store.storage.StorageFullException;
import io.sluice.vtl.store.storage.StorageSpace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.NoSuchFileException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The object {@code memory} of a mounted cartridge. One thread at a time. */
final class StoredMemory {
    private static final Logger LOG = LoggerFactory.getLogger(StoredMemory.class);

    private final StorageSpace space;
    private final UUID cartridge;
    private @Nullable CartridgeMemory memory;

    private StoredMemory(StorageSpace space, UUID cartridge, @Nullable CartridgeMemory memory) {
        this.space = space;
        this.cartridge = cartridge;
        this.memory = memory;
    }

    /** What is there: damage of it must not keep anybody from the data, so it is logged, and {@link #get} is null. */
    static StoredMemory open(StorageSpace space, UUID cartridge) {
        String what = space.name() + "/" + ObjectNames.MEMORY;
        try (Arena arena = Arena.ofConfined()) {
            byte[] content = OpenedLog.readOwn(
                    space, cartridge, ObjectNames.MEMORY, TwinRecord.MEMORY, TwinRecord.buffer(arena));
            return new StoredMemory(space, cartridge, MemoryRecord.decode(content, what));
        } catch (NoSuchFileException e) {
            return new StoredMemory(space, cartridge, CartridgeMemory.NEW);
        } catch (IOException e) {
            LOG.error("{}; FORMAT MEDIUM makes a new one, and its attributes are lost", e.getMessage());
            return new StoredMemory(space, cartridge, null);
        }
    }

    @Nullable
    CartridgeMemory get() {
        return memory;
    }

    /** As {@link io.sluice.vtl.medium.Cartridge#keep}. */
    long keep(CartridgeMemory next) {
        try (Arena arena = Arena.ofConfined()) {
            GrowingBuffer buffer = TwinRecord.buffer(arena);
            long bytes = new TwinRecord(TwinRecord.MEMORY, cartridge, MemoryRecord.encode(next)).put(buffer);
            space.replace(ObjectNames.MEMORY, buffer.segment(), bytes);
        } catch (StorageFullException e) {
            LOG.warn("{}: what is kept with the cartridge stays as it was: {}", space.name(), e.getMessage());
            return MediumResult.NO_SPACE;
        } catch (IOException e) {
            LOG.error("{}: what is kept with the cartridge stays as it was: {}", space.name(), e.getMessage());
            return MediumResult.STORAGE_FAILED;
        }
        memory = next;
        return MediumResult.OK;
    }
}
