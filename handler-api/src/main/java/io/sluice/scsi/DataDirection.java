// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Where a command's data goes, named from the initiator as T10 does (SAM-6 5.1). */
public enum DataDirection {
    NONE,
    /** Data-Out: initiator to device. */
    OUT,
    /** Data-In: device to initiator. */
    IN;

    private static final DataDirection[] VALUES = values();

    /** The value in the ring's descriptor. */
    public int code() {
        return ordinal();
    }

    /** The direction of a ring value; NONE for one that is not defined. */
    public static DataDirection of(int code) {
        return code >= 0 && code < VALUES.length ? VALUES[code] : NONE;
    }
}
