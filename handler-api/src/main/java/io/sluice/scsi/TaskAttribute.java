// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Task attributes (SAM-6 8.9). The gateway orders the tasks; a device needs this only to be curious. */
public enum TaskAttribute {
    SIMPLE(1),
    ORDERED(2),
    HEAD_OF_QUEUE(3),
    ACA(4);

    private static final TaskAttribute[] VALUES = values();

    private final int code;

    TaskAttribute(int code) {
        this.code = code;
    }

    /** The value in the ring's descriptor, which is also iSCSI's. */
    public int code() {
        return code;
    }

    /** The attribute of a ring value; SIMPLE for one that is not defined. */
    public static TaskAttribute of(int code) {
        return code >= 1 && code <= VALUES.length ? VALUES[code - 1] : SIMPLE;
    }
}
