// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.medium.CartridgeLabel;
import java.nio.file.Path;
import java.util.List;

/**
 * Which library to open, and how to make it if it is not there: what counts afterwards is its own state.
 *
 * @param directory of its own; made if absent
 * @param geometry at the beginning
 * @param cartridges at the beginning, in the first storage slots
 */
public record LibrarySpec(Path directory, Geometry geometry, List<CartridgeLabel> cartridges) {
    public LibrarySpec {
        cartridges = List.copyOf(cartridges);
    }

    Path lock() {
        return directory.resolve("lock");
    }

    Path inventory() {
        return directory.resolve("inventory");
    }

    /** Where the cartridges are kept. */
    public Path store() {
        return directory.resolve("cartridges");
    }
}
