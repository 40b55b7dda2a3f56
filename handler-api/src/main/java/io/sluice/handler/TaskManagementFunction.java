// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/** Task management functions (SAM-6 7). The gateway performs them; a device is told so that it can hurry. */
public enum TaskManagementFunction {
    ABORT_TASK(1),
    ABORT_TASK_SET(2),
    CLEAR_ACA(3),
    CLEAR_TASK_SET(4),
    LOGICAL_UNIT_RESET(5),
    TARGET_RESET(6),
    I_T_NEXUS_RESET(7),
    QUERY_TASK(8),
    QUERY_TASK_SET(9),
    QUERY_ASYNC_EVENT(10);

    private static final TaskManagementFunction[] VALUES = values();

    private final int code;

    TaskManagementFunction(int code) {
        this.code = code;
    }

    /** The value in the ABI. */
    public int code() {
        return code;
    }

    /**
     * The function of an ABI value.
     *
     * @throws IllegalArgumentException if the ABI defines no such function
     */
    public static TaskManagementFunction of(int code) {
        if (code < 1 || code > VALUES.length) {
            throw new IllegalArgumentException("task management function " + code + ": the ABI knows 1 to "
                    + VALUES.length + "; is the gateway newer than this handler?");
        }
        return VALUES[code - 1];
    }
}
