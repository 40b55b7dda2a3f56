// SPDX-License-Identifier: Apache-2.0
package io.sluice.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A write lock on a whole file that belongs to the open file description (fcntl(2), F_OFD_SETLK): unlike a POSIX lock it also
 * keeps two devices of one process apart, and it ends with the description, also when the process is killed.
 */
public final class FileLock {
    private FileLock() {}

    /** Takes the lock or throws, with EAGAIN when another open file has it. */
    public static void acquire(NativeFile file) throws NativeException {
        Libc.Scratch scratch = Libc.scratch();
        try (Arena arena = Arena.ofConfined()) {
            // struct flock: l_type, l_whence (shorts), 4 bytes of padding, l_start, l_len, l_pid
            MemorySegment flock = arena.allocate(32, 8);
            flock.set(ValueLayout.JAVA_SHORT, 0, Libc.F_WRLCK);
            int rc = (int) Libc.FCNTL.invokeExact(scratch.state, file.fd(), Libc.F_OFD_SETLK, flock);
            if (rc < 0) {
                int errno = scratch.errno() == Errno.EACCES ? Errno.EAGAIN : scratch.errno();
                throw new NativeException("lock", file.path().toString(), errno);
            }
        } catch (NativeException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
