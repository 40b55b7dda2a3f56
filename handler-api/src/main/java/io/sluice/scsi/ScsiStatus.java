// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Status codes (SAM-6 5.3.1). */
public enum ScsiStatus {
    GOOD(0x00),
    CHECK_CONDITION(0x02),
    CONDITION_MET(0x04),
    BUSY(0x08),
    RESERVATION_CONFLICT(0x18),
    TASK_SET_FULL(0x28),
    ACA_ACTIVE(0x30),
    TASK_ABORTED(0x40);

    private static final ScsiStatus[] VALUES = values();

    private final int code;

    ScsiStatus(int code) {
        this.code = code;
    }

    /** The byte that crosses the wire. */
    public int code() {
        return code;
    }

    /**
     * The status of a wire byte.
     *
     * @throws IllegalArgumentException if SAM-6 names no such status
     */
    public static ScsiStatus of(int code) {
        for (ScsiStatus status : VALUES) {
            if (status.code == code) {
                return status;
            }
        }
        throw new IllegalArgumentException(String.format("status %02Xh: SAM-6 5.3.1 names no such status", code));
    }
}
