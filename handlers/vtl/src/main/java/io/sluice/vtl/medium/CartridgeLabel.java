// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

import java.time.Instant;

/**
 * What is known of a cartridge without mounting it.
 *
 * @param barcode volume identifier: 1 to 32 of A-Z 0-9 - _, unique in its store; usually six and the media type's suffix, {@code VTL001L8}
 * @param type generation of the medium
 * @param capacityBytes as {@link Partition#capacity} counts, of all partitions
 * @param writeProtected the write protect switch
 * @param created when it was made
 */
public record CartridgeLabel(
        String barcode, MediumType type, long capacityBytes, boolean writeProtected, Instant created) {
    private static final int MAX_BARCODE = 32;

    public CartridgeLabel {
        if (barcode.isEmpty()
                || barcode.length() > MAX_BARCODE
                || !barcode.chars().allMatch(CartridgeLabel::admitted)) {
            throw new IllegalArgumentException(
                    "barcode \"" + barcode + "\": use 1 to " + MAX_BARCODE + " of A-Z, 0-9, - and _");
        }
        if (capacityBytes <= 0) {
            throw new IllegalArgumentException("capacity " + capacityBytes + " of " + barcode + ": use 1 byte or more");
        }
    }

    private static boolean admitted(int c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
