// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/** How long a command may take, by its operation code: the gateway's table says which is which ({@code core/facts.c}). */
public enum Pace {
    /** Looks at or sets state: TEST UNIT READY, INQUIRY, MODE SENSE, RESERVE. By default 30 seconds. */
    PROMPT(0),
    /** Transfers user data, no more than its buffer holds: READ, WRITE. By default a minute. */
    DATA(1),
    /**
     * Moves, positions, loads or flushes a medium, or goes over any length of it: LOCATE, MOVE MEDIUM, SYNCHRONIZE CACHE,
     * VERIFY, UNMAP. By default 10 minutes.
     */
    MEDIUM(2),
    /** Formats, erases, tests or copies, and every command that the gateway does not know. By default 4 hours. */
    LONG(3);

    private final int code;

    Pace(int code) {
        this.code = code;
    }

    /** The ABI's number, {@code enum sluice_pace}. */
    public int code() {
        return code;
    }
}
