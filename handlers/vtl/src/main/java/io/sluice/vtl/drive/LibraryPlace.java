// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.vtl.library.Bay;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Libraries;
import io.sluice.vtl.library.Library;
import io.sluice.vtl.medium.CartridgeStore;
import java.io.IOException;
import java.util.Optional;

/**
 * A drive's place in its library, which stays open as long as the drive. Threads: any; {@link #stop} without a lock that the {@link Bay}
 * needs.
 *
 * @param library open; {@link #leave} gives it up
 * @param index the drive's number there, from 0
 */
record LibraryPlace(Library library, int index) {
    CartridgeStore store() {
        return library.store();
    }

    /** The serial number of a drive that was given none: the library's, and its place. */
    String serial() {
        return library.serial(index + 1);
    }

    /** Serial number of the changer. */
    String changerSerial() {
        return library.serial(0);
    }

    /** The element address that the changer has this drive at. */
    int elementAddress() {
        return library.geometry().first(ElementType.DATA_TRANSFER) + index;
    }

    /** From now on the library puts cartridges in; returns the barcode of the one that is in it. */
    Optional<String> take(Bay bay) throws IOException {
        return library.attach(index, bay);
    }

    /** The library puts no more cartridges in; waits for a move that is under way. */
    void stop(Bay bay) {
        library.detach(index, bay);
    }

    /** Gives up the library. */
    void leave() throws IOException {
        Libraries.close(library);
    }
}
