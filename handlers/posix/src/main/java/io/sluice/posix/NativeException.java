// SPDX-License-Identifier: Apache-2.0
package io.sluice.posix;

import java.io.IOException;
import java.io.Serial;

/** A system call failed; the message names the call, its object, the error and the remedy. */
public final class NativeException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int errno;

    public NativeException(String call, String object, int errno) {
        this(call, object, errno, Errno.remedy(errno));
    }

    public NativeException(String call, String object, int errno, String remedy) {
        super(call + " " + object + ": " + Errno.name(errno) + ": " + remedy);
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}
