// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.operation;

import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.Placement;
import java.util.Optional;

/** How operators call where a cartridge is. Numbers of elements count from 1, as LUNs of drives do. */
final class Place {
    private Place() {}

    /** {@code slot 3}, {@code mail slot 1}, {@code drive 2}, or {@code shelf}; {@code unknown} if the inventory does not have it. */
    static String name(Geometry geometry, Optional<Placement> placement) {
        return placement
                .map(there -> there.onShelf() ? "shelf" : name(geometry, there.address()))
                .orElse("unknown");
    }

    static String name(Geometry geometry, int address) {
        ElementType type = geometry.type(address);
        if (type == null) {
            return "element " + hex(address);
        }
        String word = switch (type) {
            case MEDIUM_TRANSPORT -> "transport";
            case STORAGE -> "slot";
            case IMPORT_EXPORT -> "mail slot";
            case DATA_TRANSFER -> "drive";
        };
        return word + " " + (address - geometry.first(type) + 1);
    }

    /** An element address as SMC-3 and initiators' tools write it. */
    static String hex(int address) {
        return String.format("0x%03x", address);
    }
}
