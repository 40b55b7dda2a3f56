// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ParameterWriter;

/**
 * The mode parameter block descriptor of a device type (SBC-4 6.5.2, SSC-5 8.3.1). A device without one
 * gives none, and MODE SELECT refuses one then.
 */
public interface BlockDescriptor {
    /** What {@link #check} returns when all is well. */
    int ACCEPTED = -1;

    /**
     * Writes the descriptor as it is now: 8 bytes, or 16 if {@code longLba} (LLBAA, which device types without long
     * descriptors ignore).
     */
    void write(ParameterWriter out, boolean longLba);

    /**
     * Is this descriptor of a MODE SELECT acceptable?
     *
     * @param at where it starts in the command's Data-Out
     * @param length 8 or 16 bytes
     * @return {@link #ACCEPTED}, or the byte of the descriptor that is wrong, from 0
     */
    default int check(ScsiCommand command, int at, int length) {
        return ACCEPTED;
    }

    /**
     * Takes over a descriptor that {@link #check} accepted.
     *
     * @return true if something changed
     */
    default boolean apply(ScsiCommand command, int at, int length) {
        return false;
    }
}
