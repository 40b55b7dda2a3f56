// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

/** How a move ended; everything but {@link #MOVED} has left each cartridge where it was. */
public enum MoveResult {
    MOVED,
    /** An address names no element, or one that holds no cartridge between moves: the transport. */
    NO_SUCH_ELEMENT,
    SOURCE_EMPTY,
    DESTINATION_FULL,
    /** An import/export element, and the operator has them open. */
    STATION_OPEN,
    /** An operator's command reads or writes the cartridge. */
    ON_LOAN,
    /** A data transfer element without a drive: it is not configured, or not open yet. */
    NO_DRIVE,
    /** The drive holds its cartridge: a nexus prevents the removal. */
    REMOVAL_PREVENTED,
    /** The drive could not unload or take the cartridge. */
    DRIVE_FAILED,
    /** The inventory could not be recorded; the log says why. */
    NOT_RECORDED
}
