// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.vtl.library.Bay;
import io.sluice.vtl.medium.CartridgeStore;
import java.io.IOException;

/** The libraries of this process, as a drive finds the one that it belongs to. Threads: any. */
public interface LibraryDirectory {
    /**
     * The cartridges of a library.
     *
     * @throws IOException if there is no such library; the message names those that there are
     */
    CartridgeStore store(String library) throws IOException;

    /**
     * A drive is there: the library may put cartridges in.
     *
     * @param drive its number in the library, from 1
     * @throws IOException if the library has no place for it, or another drive is there
     */
    void attach(String library, int drive, Bay bay) throws IOException;
}
