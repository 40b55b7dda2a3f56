// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.io.IOException;

/** The gateway refused a request. The message is its own: it names value and remedy. */
public final class GatewayException extends IOException {
    private static final long serialVersionUID = 1L;

    public static final int ENOENT = 2;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;

    private final int errno;

    GatewayException(String request, int errno, String text) {
        super(request + ": " + NativeException.name(errno) + (text.isEmpty() ? "" : ": " + text));
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}
