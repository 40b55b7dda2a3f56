// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

/**
 * A drive as its library sees it: a data transfer element that a cartridge is put into and taken out of. Implemented by the drive.
 * Threads: called by the library, one at a time per drive, while commands of the drive may run; both calls wait for the command that
 * is running.
 */
public interface Bay {
    /** The drive's unit serial number, for DVCID. */
    String serial();

    /** T10 vendor, product and serial as its VPD page 83h designator has them: 34 ASCII bytes or fewer. */
    String identification();

    /** Puts a cartridge in: it is threaded and loaded (28/00 to all nexuses), or stays unloaded as the drive is set. */
    InsertResult insert(String barcode);

    /** Takes the cartridge out: unloads it first if need be. */
    RemoveResult remove();

    /** How an insertion ended. */
    enum InsertResult {
        INSERTED,
        /** Something is in it. */
        OCCUPIED,
        /** The cartridge is in the drive and cannot be used: the drive reports MEDIUM ERROR or the like. */
        UNUSABLE
    }

    /** How a removal ended. */
    enum RemoveResult {
        REMOVED,
        /** Nothing is in it. */
        EMPTY,
        /** A nexus prevents the removal (SPC-5 6.16). */
        PREVENTED,
        /** What was written could not be brought to the medium; the cartridge stays in. */
        FAILED
    }
}
