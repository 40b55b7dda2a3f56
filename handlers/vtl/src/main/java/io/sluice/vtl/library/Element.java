// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import org.jspecify.annotations.Nullable;

/**
 * An element at one moment.
 *
 * @param address element address
 * @param cartridge what is in it; null if it is empty
 * @param condition what is wrong with it
 * @param accessible the transport can reach it
 * @param drive the drive's T10 vendor, product and serial; empty for other types and without a drive
 */
public record Element(
        int address,
        ElementType type,
        @Nullable Placement cartridge,
        Condition condition,
        boolean accessible,
        String drive) {
    /** What is wrong with an element, if anything. */
    public enum Condition {
        GOOD,
        /** The cartridge store does not know the cartridge that the inventory has here. */
        CARTRIDGE_LOST,
        /** A data transfer element without a drive. */
        NO_DRIVE
    }

    /** True if a cartridge is in it. */
    public boolean isFull() {
        return cartridge != null;
    }
}
