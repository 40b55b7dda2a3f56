// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import org.jspecify.annotations.Nullable;

/** The daemon cannot start. The message names the value and the remedy; the status says of which kind the reason is. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * Makes one.
     *
     * @param status exit status of the process
     */
    public StartException(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
