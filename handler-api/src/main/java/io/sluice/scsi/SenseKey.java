// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Sense keys (SPC-5 4.4.8). */
public enum SenseKey {
    NO_SENSE(0),
    RECOVERED_ERROR(1),
    NOT_READY(2),
    MEDIUM_ERROR(3),
    HARDWARE_ERROR(4),
    ILLEGAL_REQUEST(5),
    UNIT_ATTENTION(6),
    DATA_PROTECT(7),
    BLANK_CHECK(8),
    VENDOR_SPECIFIC(9),
    COPY_ABORTED(10),
    ABORTED_COMMAND(11),
    RESERVED(12),
    VOLUME_OVERFLOW(13),
    MISCOMPARE(14),
    COMPLETED(15);

    private static final SenseKey[] VALUES = values();

    private final int code;

    SenseKey(int code) {
        this.code = code;
    }

    /** The four bits that cross the wire. */
    public int code() {
        return code;
    }

    /** The key of a wire value; only the low four bits are looked at. */
    public static SenseKey of(int code) {
        return VALUES[code & 0x0F];
    }
}
