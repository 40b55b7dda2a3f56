// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/** Task management functions (SAM-6 7). The gateway performs them; a device is told so that it can hurry. */
public enum TaskManagementFunction {
    ABORT_TASK,
    ABORT_TASK_SET,
    CLEAR_ACA,
    CLEAR_TASK_SET,
    LOGICAL_UNIT_RESET,
    TARGET_RESET,
    I_T_NEXUS_RESET,
    QUERY_TASK,
    QUERY_TASK_SET,
    QUERY_ASYNC_EVENT;

    private static final TaskManagementFunction[] VALUES = values();

    /** The value in the ABI. */
    public int code() {
        return ordinal() + 1;
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
