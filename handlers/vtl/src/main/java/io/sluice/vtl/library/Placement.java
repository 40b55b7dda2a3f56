// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

/**
 * Where a cartridge is.
 *
 * @param barcode its volume identifier
 * @param address of the element that it is in, or {@link #SHELF}
 * @param source the last storage element that it was taken from; 0 if none (SOURCE STORAGE ELEMENT ADDRESS, SMC-3 6.11.3)
 * @param imported an operator put it into its import/export element, not the transport (IMPEXP)
 */
public record Placement(String barcode, int address, int source, boolean imported) {
    /** Outside the library: an operator took it out, and may put it in again. */
    public static final int SHELF = 0;

    /** It is in none of the library's elements. */
    public boolean onShelf() {
        return address == SHELF;
    }
}
