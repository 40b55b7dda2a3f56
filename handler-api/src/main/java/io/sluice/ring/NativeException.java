// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.io.IOException;
import java.util.Map;

/** A system call failed. The message names call, value, errno and remedy. */
public final class NativeException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "EPERM"),
            Map.entry(2, "ENOENT"),
            Map.entry(4, "EINTR"),
            Map.entry(6, "ENXIO"),
            Map.entry(9, "EBADF"),
            Map.entry(11, "EAGAIN"),
            Map.entry(12, "ENOMEM"),
            Map.entry(13, "EACCES"),
            Map.entry(14, "EFAULT"),
            Map.entry(16, "EBUSY"),
            Map.entry(17, "EEXIST"),
            Map.entry(19, "ENODEV"),
            Map.entry(22, "EINVAL"),
            Map.entry(24, "EMFILE"),
            Map.entry(28, "ENOSPC"),
            Map.entry(32, "EPIPE"),
            Map.entry(36, "ENAMETOOLONG"),
            Map.entry(71, "EPROTO"),
            Map.entry(90, "EMSGSIZE"),
            Map.entry(91, "EPROTOTYPE"),
            Map.entry(95, "EOPNOTSUPP"),
            Map.entry(98, "EADDRINUSE"),
            Map.entry(104, "ECONNRESET"),
            Map.entry(105, "ENOBUFS"),
            Map.entry(107, "ENOTCONN"),
            Map.entry(108, "ESHUTDOWN"),
            Map.entry(110, "ETIMEDOUT"),
            Map.entry(111, "ECONNREFUSED"));

    private final int errno;

    /**
     * Describes a failure.
     *
     * @param call the call and its value, such as {@code connect /run/sluice/sluiced.sock}
     * @param remedy what the operator can do; may be empty
     */
    public NativeException(String call, int errno, String remedy) {
        super(call + ": " + name(errno) + (remedy.isEmpty() ? "" : ": " + remedy));
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }

    /** {@code EACCES} for 13; {@code errno 200} for one without a name here. */
    public static String name(int errno) {
        return NAMES.getOrDefault(errno, "errno " + errno);
    }
}
