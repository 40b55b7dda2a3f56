// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

/**
 * DEVICE-SPECIFIC PARAMETER of the mode parameter header (SBC-4 6.5.1, SSC-5 8.3.1). Disks only report it; a tape's has BUFFERED
 * MODE, which MODE SELECT sets.
 */
@FunctionalInterface
public interface DeviceSpecificParameter {
    /** The byte as it is now. */
    int value();

    /**
     * Is this byte of a MODE SELECT acceptable?
     *
     * @return {@link BlockDescriptor#ACCEPTED}, or the most significant bit of the field that is wrong
     */
    default int check(int wanted) {
        return BlockDescriptor.ACCEPTED;
    }

    /**
     * Takes over a byte that {@link #check} accepted.
     *
     * @return true if something changed
     */
    default boolean apply(int wanted) {
        return false;
    }
}
