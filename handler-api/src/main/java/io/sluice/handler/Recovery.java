// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/** What the gateway does with commands that were with this process when it died. */
public enum Recovery {
    /** End them with ABORTED COMMAND. */
    FAIL(0),
    /** Hand over those that this process had not taken, and fail the others. */
    REQUEUE(1),
    /**
     * Hand over all; those that this process may have executed come with {@link ScsiCommand#redelivered()}. For
     * devices whose commands may be executed twice, or that record {@link ScsiCommand#sequence()} with what they did.
     */
    REDELIVER(2);

    private final int code;

    Recovery(int code) {
        this.code = code;
    }

    /** The value in the ABI. */
    public int code() {
        return code;
    }
}
