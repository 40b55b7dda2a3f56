// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import io.sluice.posix.Errno;

/** Why a store could not do what it was asked, in terms that any kind of store has. */
public enum StoreFailure {
    /** The medium (or the way to it) failed. */
    MEDIUM,
    /** No space, or a quota or limit was reached. */
    NO_SPACE,
    /** The store turned read-only under us. */
    WRITE_PROTECTED,
    /** The range lies beyond the end: the store was shrunk. */
    BEYOND_END,
    /** Earlier writes were reported good and are lost: see {@link BlockStore#flush}. */
    WRITES_LOST,
    /** A bug, or something that nobody has met yet. */
    INTERNAL;

    static StoreFailure ofErrno(int errno) {
        return switch (errno) {
            case 0 -> BEYOND_END;
            case Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG -> NO_SPACE;
            case Errno.EROFS, Errno.EPERM -> WRITE_PROTECTED;
            case Errno.EINVAL, Errno.EBADF -> INTERNAL;
            default -> MEDIUM;
        };
    }
}
