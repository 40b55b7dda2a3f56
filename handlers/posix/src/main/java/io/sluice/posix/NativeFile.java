// SPDX-License-Identifier: Apache-2.0
package io.sluice.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file. Calls of the data path ({@link #read}, {@link #write}, {@link #sync}, {@link #punchHole},
 * {@link #zeroRange}) never throw: they retry EINTR and short transfers, and where they could not finish, {@link #lastErrno}
 * of the same thread says why. All others throw {@link NativeException}. Safe for use by many threads; {@link #close} only
 * after the last of them is done.
 */
public final class NativeFile implements AutoCloseable {
    private final int fd;
    private final Path path;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean dsyncWrites = true;

    private NativeFile(int fd, Path path) {
        this.fd = fd;
        this.path = path;
    }

    /** How to open: {@code create} makes the file and fails with EEXIST when it is there. */
    public record Mode(boolean writable, boolean create, boolean direct) {
        public static final Mode READ_ONLY = new Mode(false, false, false);
        public static final Mode READ_WRITE = new Mode(true, false, false);
        public static final Mode CREATE = new Mode(true, true, false);

        public Mode withDirect(boolean value) {
            return new Mode(writable, create, value);
        }

        int flags() {
            int flags = Libc.O_CLOEXEC | (writable ? Libc.O_RDWR : Libc.O_RDONLY);
            flags |= create ? Libc.O_CREAT | Libc.O_EXCL : 0;
            return flags | (direct ? Libc.O_DIRECT : 0);
        }
    }

    public static NativeFile open(Path path, Mode mode) throws NativeException {
        Libc.Scratch scratch = Libc.scratch();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            int fd;
            do {
                fd = (int) Libc.OPEN.invokeExact(scratch.state, name, mode.flags(), 0640);
            } while (fd < 0 && scratch.errno() == Errno.EINTR);
            if (fd < 0) {
                throw new NativeException("open", path.toString(), scratch.errno());
            }
            return new NativeFile(fd, path);
        } catch (NativeException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public Path path() {
        return path;
    }

    int fd() {
        return fd;
    }

    /** Why the last incomplete call of this thread was incomplete; 0 means end of file. */
    public static int lastErrno() {
        return Libc.scratch().errno();
    }

    /** Reads until {@code length} bytes are there, the file ends or fails. Returns the bytes read. */
    public long read(long address, long length, long offset) {
        Libc.Scratch scratch = Libc.scratch();
        long done = 0;
        try {
            while (done < length) {
                long n = (long) Libc.PREAD.invokeExact(scratch.state, fd, address + done, length - done, offset + done);
                if (n > 0) {
                    done += n;
                } else if (n == 0) {
                    scratch.errno(0);
                    return done;
                } else if (scratch.errno() != Errno.EINTR) {
                    return done;
                }
            }
            return done;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Reads what the page cache holds of the range from its start, without waiting. Returns the bytes read, 0 for none. */
    public long readCached(long address, long length, long offset) {
        Libc.Scratch scratch = Libc.scratch();
        MemorySegment iovec = scratch.iovec;
        try {
            scratch.iovec(0, address, length);
            long n = (long) Libc.PREADV2.invokeExact(scratch.state, fd, iovec.address(), 1, offset, Libc.RWF_NOWAIT);
            return Math.max(n, 0);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** True if the page cache holds that byte; false also where the file system cannot say. */
    public boolean isCached(long offset) {
        return readCached(Libc.scratch().probe.address(), 1, offset) == 1;
    }

    /**
     * Writes until {@code length} bytes are written or a write fails. Returns the bytes written. With {@code durable} they,
     * and the metadata needed to read them back, are on the medium (as with O_DSYNC).
     */
    public long write(long address, long length, long offset, boolean durable) {
        if (!durable) {
            return writeCached(address, length, offset);
        }
        if (dsyncWrites) {
            long done = writeDsync(address, length, offset);
            int errno = done == length ? 0 : lastErrno();
            if (errno != Errno.EOPNOTSUPP && errno != Errno.ENOSYS) {
                return done;
            }
            dsyncWrites = false;
        }
        long done = writeCached(address, length, offset);
        return done == length && !sync() ? 0 : done;
    }

    private long writeCached(long address, long length, long offset) {
        Libc.Scratch scratch = Libc.scratch();
        long done = 0;
        try {
            while (done < length) {
                long n =
                        (long) Libc.PWRITE.invokeExact(scratch.state, fd, address + done, length - done, offset + done);
                if (n > 0) {
                    done += n;
                } else if (n == 0) {
                    scratch.errno(Errno.EIO);
                    return done;
                } else if (scratch.errno() != Errno.EINTR) {
                    return done;
                }
            }
            return done;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Reads a range into two places behind one another, as {@link #read} does: in one call of the system if all goes well. */
    public long scatter(long first, long firstLength, long second, long secondLength, long offset) {
        Libc.Scratch scratch = Libc.scratch();
        scratch.iovec(0, first, firstLength);
        scratch.iovec(1, second, secondLength);
        long done;
        try {
            done = (long) Libc.PREADV2.invokeExact(scratch.state, fd, scratch.iovec.address(), 2, offset, 0);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        done = Math.max(done, 0);
        if (done < firstLength) {
            done += read(first + done, firstLength - done, offset + done);
        }
        return done < firstLength || done == firstLength + secondLength
                ? done
                : done + read(second + done - firstLength, firstLength + secondLength - done, offset + done);
    }

    /** Writes two pieces of memory behind one another, as {@link #write} does: in one call of the system if all goes well. */
    public long gather(long first, long firstLength, long second, long secondLength, long offset) {
        Libc.Scratch scratch = Libc.scratch();
        scratch.iovec(0, first, firstLength);
        scratch.iovec(1, second, secondLength);
        long done;
        try {
            done = (long) Libc.PWRITEV2.invokeExact(scratch.state, fd, scratch.iovec.address(), 2, offset, 0);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        done = Math.max(done, 0);
        if (done < firstLength) {
            done += writeCached(first + done, firstLength - done, offset + done);
        }
        return done < firstLength || done == firstLength + secondLength
                ? done
                : done + writeCached(second + done - firstLength, firstLength + secondLength - done, offset + done);
    }

    private long writeDsync(long address, long length, long offset) {
        Libc.Scratch scratch = Libc.scratch();
        MemorySegment iovec = scratch.iovec;
        long done = 0;
        try {
            while (done < length) {
                scratch.iovec(0, address + done, length - done);
                long n = (long)
                        Libc.PWRITEV2.invokeExact(scratch.state, fd, iovec.address(), 1, offset + done, Libc.RWF_DSYNC);
                if (n > 0) {
                    done += n;
                } else if (n == 0) {
                    scratch.errno(Errno.EIO);
                    return done;
                } else if (scratch.errno() != Errno.EINTR) {
                    return done;
                }
            }
            return done;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** fdatasync: what was written is on the medium when this returns true. */
    public boolean sync() {
        Libc.Scratch scratch = Libc.scratch();
        try {
            int rc;
            do {
                rc = (int) Libc.FDATASYNC.invokeExact(scratch.state, fd);
            } while (rc < 0 && scratch.errno() == Errno.EINTR);
            return rc == 0;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Deallocates; the range reads as zeros afterwards. Blocks that are covered in part are zeroed in part. */
    public boolean punchHole(long offset, long length) {
        return fallocate(Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, offset, length);
    }

    /** Makes the range read as zeros and keeps (or takes) its space. */
    public boolean zeroRange(long offset, long length) {
        return fallocate(Libc.FALLOC_FL_ZERO_RANGE | Libc.FALLOC_FL_KEEP_SIZE, offset, length);
    }

    /** Takes the space of the range, so that writing to it cannot run out of space. */
    public void allocate(long offset, long length) throws NativeException {
        if (!fallocate(0, offset, length)) {
            throw new NativeException("fallocate", path + " to " + (offset + length) + " bytes", lastErrno());
        }
    }

    /** Takes space for the range, which may lie behind the end, and leaves the size as it is: so that writing there finds it. */
    public boolean reserve(long offset, long length) {
        return fallocate(Libc.FALLOC_FL_KEEP_SIZE, offset, length);
    }

    private boolean fallocate(int mode, long offset, long length) {
        Libc.Scratch scratch = Libc.scratch();
        try {
            int rc;
            do {
                rc = (int) Libc.FALLOCATE.invokeExact(scratch.state, fd, mode, offset, length);
            } while (rc < 0 && scratch.errno() == Errno.EINTR);
            return rc == 0;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Asks the kernel to read the range into its cache soon. */
    public void willNeed(long offset, long length) {
        advise(offset, length, Libc.POSIX_FADV_WILLNEED);
    }

    /** Asks the kernel to forget what it has cached of the range and the medium has, too. */
    public void dropCache(long offset, long length) {
        advise(offset, length, Libc.POSIX_FADV_DONTNEED);
    }

    /** Asks the kernel to begin writing the range to the medium, without waiting for it; promises nothing. */
    public void startWriteback(long offset, long length) {
        try {
            int ignored = (int) Libc.SYNC_FILE_RANGE.invokeExact(
                    Libc.scratch().state, fd, offset, length, Libc.SYNC_FILE_RANGE_WRITE);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** A failure changes speed only. */
    private void advise(long offset, long length, int advice) {
        try {
            int ignored = (int) Libc.POSIX_FADVISE.invokeExact(Libc.scratch().state, fd, offset, length, advice);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Size in bytes, also of a block device. */
    public long size() throws NativeException {
        long size = seek(0, Libc.SEEK_END);
        if (size < 0) {
            throw new NativeException("lseek", path + " to its end", lastErrno());
        }
        return size;
    }

    public void truncate(long size) throws NativeException {
        Libc.Scratch scratch = Libc.scratch();
        try {
            int rc;
            do {
                rc = (int) Libc.FTRUNCATE.invokeExact(scratch.state, fd, size);
            } while (rc < 0 && scratch.errno() == Errno.EINTR);
            if (rc < 0) {
                throw new NativeException("ftruncate", path + " to " + size + " bytes", scratch.errno());
            }
        } catch (NativeException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** The first byte at or after {@code offset} that lies in data, or -1 when only holes follow. */
    public long nextData(long offset) throws NativeException {
        return nextBoundary(offset, Libc.SEEK_DATA);
    }

    /** The first byte at or after {@code offset} that lies in a hole (the end of the file counts as one). */
    public long nextHole(long offset) throws NativeException {
        return nextBoundary(offset, Libc.SEEK_HOLE);
    }

    private long nextBoundary(long offset, int whence) throws NativeException {
        long at = seek(offset, whence);
        if (at < 0 && lastErrno() != Errno.ENXIO) {
            throw new NativeException("lseek", path + " for holes at " + offset, lastErrno());
        }
        return at;
    }

    private long seek(long offset, int whence) {
        try {
            return (long) Libc.LSEEK.invokeExact(Libc.scratch().state, fd, offset, whence);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @Override
    public void close() throws NativeException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Libc.Scratch scratch = Libc.scratch();
        try {
            int rc = (int) Libc.CLOSE.invokeExact(scratch.state, fd);
            if (rc < 0 && scratch.errno() != Errno.EINTR) {
                throw new NativeException("close", path.toString(), scratch.errno());
            }
        } catch (NativeException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
