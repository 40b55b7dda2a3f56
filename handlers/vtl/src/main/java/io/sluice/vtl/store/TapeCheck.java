// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;

/** Reads a cartridge from its beginning to its end, as {@code sluice tape check} and {@code dump} do. */
public final class TapeCheck {
    static final int LARGEST_BLOCK = 1 << 24;

    private TapeCheck() {}

    /** Objects that cannot be read: from {@code first} to {@code last}, all with one {@link MediumResult}. */
    public record Damage(long first, long last, long result) {}

    /**
     * What was found.
     *
     * @param memoryDamaged what is kept beside the data cannot be read
     */
    public record Report(
            String barcode, long objects, long filemarks, long hostBytes, List<Damage> damage, boolean memoryDamaged) {
        /** True if nothing is damaged. */
        public boolean isWhole() {
            return damage.isEmpty() && !memoryDamaged;
        }
    }

    /** An object as {@code dump} lists it: {@code length} as of {@link Partition#length}. False ends the listing. */
    @FunctionalInterface
    public interface Listing {
        boolean object(long object, long file, long length);
    }

    /**
     * Reads and checks every object.
     *
     * @param progress is told the next object now and then
     * @throws IOException if the cartridge is mounted elsewhere or cannot be mounted, with the remedy
     */
    public static Report check(CartridgeStore store, String barcode, LongConsumer progress) throws IOException {
        try (Cartridge cartridge = store.mount(barcode, UUID.randomUUID());
                Arena arena = Arena.ofConfined()) {
            Partition partition = cartridge.partition(0);
            MemorySegment block = arena.allocate(LARGEST_BLOCK);
            List<Damage> damage = new ArrayList<>();
            long bytes = 0;
            for (long object = 0; object < partition.objects(); object++) {
                long read = partition.read(object, block, 0, LARGEST_BLOCK);
                if (read >= 0) {
                    bytes += read;
                } else if (read != MediumResult.FILEMARK) {
                    add(damage, object, read);
                }
                if (object % 1024 == 0) {
                    progress.accept(object);
                }
            }
            return new Report(
                    barcode,
                    partition.objects(),
                    partition.filemarks(),
                    bytes,
                    List.copyOf(damage),
                    cartridge.memory() == null);
        }
    }

    private static void add(List<Damage> damage, long object, long result) {
        Damage last = damage.isEmpty() ? null : damage.getLast();
        if (last != null && last.last() == object - 1 && last.result() == result) {
            damage.set(damage.size() - 1, new Damage(last.first(), object, result));
        } else {
            damage.add(new Damage(object, object, result));
        }
    }

    /** Lists the objects from number {@code from} on without reading their data. */
    public static void dump(CartridgeStore store, String barcode, long from, Listing listing) throws IOException {
        try (Cartridge cartridge = store.mount(barcode, UUID.randomUUID())) {
            Partition partition = cartridge.partition(0);
            boolean wanted = true;
            for (long object = from; wanted && object < partition.objects(); object++) {
                wanted = listing.object(object, partition.filemarksBefore(object), partition.length(object));
            }
        }
    }
}
