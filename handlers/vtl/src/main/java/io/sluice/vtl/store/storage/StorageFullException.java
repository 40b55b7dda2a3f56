// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import java.io.IOException;
import java.io.Serial;

/** There was no room, and nothing is changed. */
public final class StorageFullException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public StorageFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
