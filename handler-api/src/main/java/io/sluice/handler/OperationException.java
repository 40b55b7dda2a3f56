// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/** An operator's command was refused, and nothing was changed. The message names the value and the remedy, and is meant for the operator. */
public final class OperationException extends Exception {
    private static final long serialVersionUID = 1L;

    public OperationException(String message) {
        super(message);
    }
}
