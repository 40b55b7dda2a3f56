// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.medium.CartridgeLabel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the inventory with the cartridge store, which may have been changed while nobody looked:
 *
 * <ul>
 *   <li>a cartridge that only the store has is put into the first empty storage slots, else import/export elements, else on the
 *       shelf;
 *   <li>one that only the inventory has keeps its element, which has an exception: it may come back, and its place must not be taken
 *       by another one unseen. On the shelf it is forgotten.
 * </ul>
 */
final class Stocktaking {
    private static final Logger LOG = LoggerFactory.getLogger(Stocktaking.class);
    private static final int PLACEMENTS_AT_ONCE = 4096;

    private final LibraryState state;
    private final String place;

    Stocktaking(LibraryState state, String place) {
        this.state = state;
        this.place = place;
    }

    /** True if the inventory is not what it was. */
    boolean take(List<CartridgeLabel> labels) throws IOException {
        Set<String> stored = new TreeSet<>();
        labels.forEach(label -> stored.add(label.barcode()));
        Set<String> lost = new TreeSet<>();
        List<String> forgotten = new ArrayList<>();
        for (Placement placement : state.all()) {
            if (stored.remove(placement.barcode())) {
                continue;
            }
            if (placement.onShelf()) {
                forgotten.add(placement.barcode());
            } else {
                lost.add(placement.barcode());
                LOG.error(
                        "{}: cartridge {} of element {} is not in the store",
                        place,
                        placement.barcode(),
                        placement.address());
            }
        }
        boolean lossChanged = lost.size() != state.lostCount() || !lost.stream().allMatch(state::isLost);
        state.lost(lost);
        if (!forgotten.isEmpty()) {
            LOG.info("{}: {} cartridges on the shelf are not in the store any more", place, forgotten.size());
            state.commit(Transition.forget(forgotten));
        }
        placeAll(List.copyOf(stored));
        return lossChanged || !stored.isEmpty();
    }

    private void placeAll(List<String> barcodes) throws IOException {
        if (barcodes.isEmpty()) {
            return;
        }
        List<Integer> room = new ArrayList<>(state.empty(ElementType.STORAGE, barcodes.size()));
        room.addAll(state.empty(ElementType.IMPORT_EXPORT, barcodes.size() - room.size()));
        room.addAll(Collections.nCopies(barcodes.size() - room.size(), Placement.SHELF));
        List<Placement> placements = new ArrayList<>();
        for (int i = 0; i < barcodes.size(); i++) {
            placements.add(new Placement(barcodes.get(i), room.get(i), 0, false));
        }
        for (int from = 0; from < placements.size(); from += PLACEMENTS_AT_ONCE) {
            int to = Math.min(placements.size(), from + PLACEMENTS_AT_ONCE);
            state.commit(Transition.of(0, List.copyOf(placements.subList(from, to))));
        }
        LOG.info("{}: {} cartridges are new", place, barcodes.size());
    }
}
