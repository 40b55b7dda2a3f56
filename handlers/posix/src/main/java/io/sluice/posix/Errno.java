// SPDX-License-Identifier: Apache-2.0
package io.sluice.posix;

/** Linux error numbers that our devices tell apart, and their names for messages. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int ENOSYS = 38;
    public static final int EOPNOTSUPP = 95;
    public static final int EDQUOT = 122;

    private Errno() {}

    /** The symbolic name, or {@code errno N} for those without one here. */
    public static String name(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM";
            case ENOENT -> "ENOENT";
            case EINTR -> "EINTR";
            case EIO -> "EIO";
            case ENXIO -> "ENXIO";
            case EBADF -> "EBADF";
            case EAGAIN -> "EAGAIN";
            case ENOMEM -> "ENOMEM";
            case EACCES -> "EACCES";
            case EEXIST -> "EEXIST";
            case ENOTDIR -> "ENOTDIR";
            case EISDIR -> "EISDIR";
            case EINVAL -> "EINVAL";
            case EMFILE -> "EMFILE";
            case EFBIG -> "EFBIG";
            case ENOSPC -> "ENOSPC";
            case EROFS -> "EROFS";
            case ENOSYS -> "ENOSYS";
            case EOPNOTSUPP -> "EOPNOTSUPP";
            case EDQUOT -> "EDQUOT";
            default -> "errno " + errno;
        };
    }

    /** What an administrator can do about it. */
    public static String remedy(int errno) {
        return switch (errno) {
            case EPERM, EACCES -> "give the user that runs the appliance access to it";
            case ENOENT, ENOTDIR -> "create its folder, or correct the path";
            case EISDIR -> "name a file, not a folder";
            case EIO -> "look for failures of the medium below it (dmesg)";
            case EAGAIN -> "another process or device holds it";
            case ENOMEM -> "make it smaller, or add memory";
            case EMFILE -> "raise the limit of open files (ulimit -n)";
            case EFBIG -> "raise the limit of file size (ulimit -f), or make it smaller";
            case ENOSPC -> "free space in its file system";
            case EDQUOT -> "raise the quota, or free space within it";
            case EROFS -> "remount its file system read-write, or open it read-only";
            case ENOSYS, EOPNOTSUPP -> "put it on a file system that supports this";
            default -> "see errno(3)";
        };
    }
}
