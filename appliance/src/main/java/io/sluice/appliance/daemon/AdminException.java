// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

/** An operator's request was refused; the message names the value and the remedy. */
public final class AdminException extends Exception {
    private static final long serialVersionUID = 1L;

    public AdminException(String message) {
        super(message);
    }
}
