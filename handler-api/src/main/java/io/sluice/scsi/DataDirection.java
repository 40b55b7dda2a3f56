// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Where a command's data goes, named from the initiator as T10 does (SAM-6 5.1). */
public enum DataDirection {
    NONE(0),
    /** Data-Out: initiator to device. */
    OUT(1),
    /** Data-In: device to initiator. */
    IN(2);

    private static final DataDirection[] VALUES = values();

    private final int code;

    DataDirection(int code) {
        this.code = code;
    }

    /** The value in the ring's descriptor. */
    public int code() {
        return code;
    }

    /** The direction of a ring value; NONE for one that is not defined. */
    public static DataDirection of(int code) {
        return code >= 0 && code < VALUES.length ? VALUES[code] : NONE;
    }
}
