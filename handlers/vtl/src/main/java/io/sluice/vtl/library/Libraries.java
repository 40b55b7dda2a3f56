// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.store.StoredCartridges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The libraries that are open in this process, where a changer and its drives meet: the first of them opens the library, the last one
 * closes it. Threads: any.
 */
public final class Libraries {
    private static final Map<Path, Open> OPEN = new HashMap<>();

    private static final class Open {
        private final Library library;
        private final LibraryLock lock;
        private int users;

        private Open(Library library, LibraryLock lock) {
            this.library = library;
            this.lock = lock;
        }
    }

    private Libraries() {}

    /**
     * Opens a library, or makes it; each open needs a {@link #close}.
     *
     * @throws IOException if another process has it, its inventory is damaged, or its store cannot be opened
     */
    public static Library open(LibrarySpec spec) throws IOException {
        synchronized (OPEN) {
            Files.createDirectories(spec.store());
            Path key = spec.directory().toRealPath();
            Open open = OPEN.get(key);
            if (open == null) {
                open = openFirst(spec);
                OPEN.put(key, open);
            }
            open.users++;
            return open.library;
        }
    }

    /** Gives up one {@link #open}. */
    public static void close(Library library) throws IOException {
        synchronized (OPEN) {
            Map.Entry<Path, Open> entry = OPEN.entrySet().stream()
                    .filter(one -> one.getValue().library == library)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(library.place() + " is closed already"));
            if (--entry.getValue().users == 0) {
                OPEN.remove(entry.getKey());
                try {
                    library.close();
                } finally {
                    entry.getValue().lock.close();
                }
            }
        }
    }

    private static Open openFirst(LibrarySpec spec) throws IOException {
        LibraryLock lock = LibraryLock.acquire(spec.lock());
        try {
            CartridgeStore store = StoredCartridges.in(spec.store());
            try {
                JournalStorage storage = new JournalFile(spec.inventory());
                return new Open(open(spec, store, storage), lock);
            } catch (IOException | RuntimeException failed) {
                store.close();
                throw failed;
            }
        } catch (IOException | RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    /** Opens or makes a library over any storage of its journal, unregistered and unlocked. */
    static Library open(LibrarySpec spec, CartridgeStore store, JournalStorage storage) throws IOException {
        Optional<Journal> there = Journal.open(storage);
        if (there.isEmpty()) {
            makeCartridges(spec, store);
        }
        Journal journal = there.isPresent()
                ? there.get()
                : Journal.create(storage, new Inventory(UUID.randomUUID(), spec.geometry()));
        try {
            Library library = new Library(spec.directory().toString(), journal, store);
            library.takeStock();
            return library;
        } catch (IOException | RuntimeException failed) {
            journal.close();
            throw failed;
        }
    }

    /** The inventory is made last: while it is not there, a creation that was interrupted goes on here. */
    private static void makeCartridges(LibrarySpec spec, CartridgeStore store) throws IOException {
        Set<String> there = new HashSet<>();
        store.labels().forEach(label -> there.add(label.barcode()));
        for (CartridgeLabel label : spec.cartridges()) {
            if (!there.contains(label.barcode())) {
                store.create(label);
            }
        }
    }

    /**
     * A library that changer and drives of this process have open; give it up with {@link #close}.
     *
     * @return empty if none of them has it open
     */
    public static Optional<Library> join(LibrarySpec spec) throws IOException {
        if (!Files.isDirectory(spec.directory())) {
            return Optional.empty();
        }
        synchronized (OPEN) {
            Open open = OPEN.get(spec.directory().toRealPath());
            if (open == null) {
                return Optional.empty();
            }
            open.users++;
            return Optional.of(open.library);
        }
    }

    /**
     * How many elements a library has by its own inventory, whoever uses it meanwhile. Changes and locks nothing.
     *
     * @return empty if it was not made yet
     * @throws IOException if the inventory is damaged or cannot be read
     */
    public static Optional<Geometry> geometry(LibrarySpec spec) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(spec.inventory());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        return Optional.of(
                new JournalReader(bytes, spec.inventory().toString()).replay().geometry());
    }
}
