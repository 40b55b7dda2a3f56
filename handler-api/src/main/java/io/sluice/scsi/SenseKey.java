// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Sense keys (SPC-5 4.4.8); the ordinal is the wire value. */
public enum SenseKey {
    NO_SENSE,
    RECOVERED_ERROR,
    NOT_READY,
    MEDIUM_ERROR,
    HARDWARE_ERROR,
    ILLEGAL_REQUEST,
    UNIT_ATTENTION,
    DATA_PROTECT,
    BLANK_CHECK,
    VENDOR_SPECIFIC,
    COPY_ABORTED,
    ABORTED_COMMAND,
    RESERVED,
    VOLUME_OVERFLOW,
    MISCOMPARE,
    COMPLETED;

    private static final SenseKey[] VALUES = values();

    /** The four bits that cross the wire. */
    public int code() {
        return ordinal();
    }

    /** The key of a wire value; only the low four bits are looked at. */
    public static SenseKey of(int code) {
        return VALUES[code & 0x0F];
    }
}
