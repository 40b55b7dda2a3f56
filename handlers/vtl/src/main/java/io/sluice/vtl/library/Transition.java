// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.util.List;

/**
 * A change of the inventory, which happens as a whole or not at all: cartridges that are elsewhere afterwards, and cartridges
 * that are not known any more.
 *
 * @param sequence of the changer's command that asked for it; 0 if none did
 */
record Transition(long sequence, List<Placement> placements, List<String> forgotten) {
    static Transition of(long sequence, List<Placement> placements) {
        return new Transition(sequence, placements, List.of());
    }

    static Transition of(Placement placement) {
        return of(0, List.of(placement));
    }

    static Transition forget(List<String> barcodes) {
        return new Transition(0, List.of(), barcodes);
    }
}
