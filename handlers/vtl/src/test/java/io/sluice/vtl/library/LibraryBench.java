// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.medium.CartridgeStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A library over storage in memory with all its drives attached, for tests; opened again over the same storage it is its successor. */
public final class LibraryBench {
    private final Library library;
    private final List<BayDouble> bays = new ArrayList<>();

    private LibraryBench(Library library) throws IOException {
        this.library = library;
        attach();
    }

    public static LibraryBench open(Geometry geometry, CartridgeStore store, RecordedStorage storage)
            throws IOException {
        LibrarySpec spec = new LibrarySpec(Path.of("bench"), geometry, List.of());
        return new LibraryBench(Libraries.open(spec, store, storage));
    }

    /** Drives that are not attached yet. */
    public void attach() throws IOException {
        for (int drive = bays.size(); drive < library.geometry().drives(); drive++) {
            int address = library.geometry().first(ElementType.DATA_TRANSFER) + drive;
            Placement there = library.element(address).orElseThrow().cartridge();
            BayDouble bay = new BayDouble(
                    library.serial(drive + 1), Optional.ofNullable(there).map(Placement::barcode));
            library.attach(drive, bay);
            bays.add(bay);
        }
    }

    public Library library() {
        return library;
    }

    public BayDouble bay(int drive) {
        return bays.get(drive);
    }
}
