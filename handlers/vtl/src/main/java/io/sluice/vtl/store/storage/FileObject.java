// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import io.sluice.handler.HotPath;
import io.sluice.posix.Errno;
import io.sluice.posix.NativeException;
import io.sluice.posix.NativeFile;
import io.sluice.vtl.medium.MediumResult;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A file. What is appended where its room is taken goes through memory that outlives the process ({@link WriteBehind}), if whoever has the
 * folder's lease has such memory; all else through the page cache.
 */
final class FileObject implements StorageObject {
    private static final long PAGE = BufferMemory.PAGE;
    private static final long WRITEBACK_BYTES = 8L << 20;

    private final NativeFile file;
    private final @Nullable FileLease lease;
    private long length;
    private long reservedEnd;
    private long writebackEnd;
    private int errno;
    private String call = "";
    private @Nullable WriteBehind behind;

    /** Takes the file over. */
    FileObject(NativeFile file, @Nullable FileLease lease) throws NativeException {
        this.file = file;
        this.lease = lease;
        this.length = file.size();
        this.writebackEnd = length;
    }

    @Override
    @HotPath
    public long length() {
        return length;
    }

    @Override
    @HotPath
    public long append(MemorySegment from, long offset, long bytes) {
        WriteBehind to = behindFor(bytes);
        if (to != null) {
            return came(to, bytes, to.append(length, from, offset, bytes));
        }
        long settled = settle();
        if (settled != MediumResult.OK) {
            return settled;
        }
        long done = file.write(from.address() + offset, bytes, length, false);
        return cached(bytes, done, "write");
    }

    @Override
    @HotPath
    public long append(MemorySegment head, long headBytes, MemorySegment body, long offset, long bytes) {
        WriteBehind to = behindFor(headBytes + bytes);
        if (to != null) {
            long done = to.append(length, head, 0, headBytes);
            if (done == headBytes) {
                done += to.append(length + done, body, offset, bytes);
            }
            return came(to, headBytes + bytes, done);
        }
        long settled = settle();
        if (settled != MediumResult.OK) {
            return settled;
        }
        long done = file.gather(head.address(), headBytes, body.address() + offset, bytes, length);
        return cached(headBytes + bytes, done, "pwritev");
    }

    /** So many bytes came into the page cache. The medium gets them in pieces: a sync must not find all of them left to write. */
    @HotPath
    private long cached(long wanted, long done, String how) {
        length += done;
        if (done != wanted) {
            return failed(how);
        }
        if (length - writebackEnd >= WRITEBACK_BYTES) {
            startWriteback(writebackEnd, length - writebackEnd);
            writebackEnd = length;
        }
        return MediumResult.OK;
    }

    /** The kernel makes its caller wait while it queues the range. If the file is closed meanwhile nothing is lost: it promises nothing. */
    private void startWriteback(long position, long bytes) {
        if (lease != null) {
            lease.writer().execute(() -> file.startWriteback(position, bytes));
        }
    }

    /** What takes so many bytes, if they need no room that is not taken. */
    @HotPath
    private @Nullable WriteBehind behindFor(long bytes) {
        return length + bytes <= reservedEnd ? behind : null;
    }

    @HotPath
    private long came(WriteBehind to, long wanted, long done) {
        length += done;
        writebackEnd = length; // who writes behind sees to that
        return done == wanted ? MediumResult.OK : failed("write", to.errno());
    }

    /** Before something is written past the memory: what that holds comes first. */
    @HotPath
    private long settle() {
        WriteBehind held = behind;
        if (held == null) {
            return MediumResult.OK;
        }
        if (!held.drain()) {
            return failed("write", held.errno());
        }
        held.release();
        return MediumResult.OK;
    }

    @Override
    @HotPath
    public boolean isReady(long bytes) {
        if (behind == null) {
            return true;
        }
        WriteBehind to = behindFor(bytes);
        return to != null && to.hasRoom(bytes);
    }

    @Override
    @HotPath
    public long read(long position, MemorySegment to, long offset, long bytes) {
        if (!isInFile(position + bytes)) {
            return MediumResult.STORAGE_FAILED;
        }
        return complete(file.read(to.address() + offset, bytes, position), bytes);
    }

    @Override
    @HotPath
    public long read(long position, MemorySegment head, long headBytes, MemorySegment to, long offset, long bytes) {
        if (!isInFile(position + headBytes + bytes)) {
            return MediumResult.STORAGE_FAILED;
        }
        long done = file.scatter(head.address(), headBytes, to.address() + offset, bytes, position);
        return complete(done, headBytes + bytes);
    }

    /** Brings everything in front of {@code end} into the file; false if that failed. */
    @HotPath
    private boolean isInFile(long end) {
        WriteBehind held = behind;
        if (held == null || end <= held.firstHeld() || held.drain()) {
            return true;
        }
        failed("write", held.errno());
        return false;
    }

    /** Its ends are in the page cache: so is what lies between them, mostly, because the kernel reads ahead. */
    @Override
    @HotPath
    public boolean isAtHand(long position, long bytes) {
        WriteBehind held = behind;
        boolean written = held == null || position + bytes <= held.firstHeld();
        return bytes == 0 || (written && file.isCached(position) && file.isCached(position + bytes - 1));
    }

    @HotPath
    private long complete(long done, long wanted) {
        if (done != wanted && NativeFile.lastErrno() != 0) {
            failed("read");
            return MediumResult.STORAGE_FAILED;
        }
        return done;
    }

    @Override
    public long sync() {
        if (!isInFile(length)) {
            return MediumResult.STORAGE_FAILED;
        }
        return file.sync() ? MediumResult.OK : failedFor("fdatasync");
    }

    /** Whatever the kernel calls it: what was not written is lost. */
    private long failedFor(String what) {
        failed(what);
        return MediumResult.STORAGE_FAILED;
    }

    @Override
    public long truncate(long newLength) {
        WriteBehind held = behind;
        if (held != null && !held.truncate(newLength)) {
            return failed("write", held.errno());
        }
        try {
            file.truncate(newLength);
            length = newLength;
            writebackEnd = Math.min(writebackEnd, newLength);
            reservedEnd = 0;
            return MediumResult.OK;
        } catch (NativeException e) {
            return failed("ftruncate", e.errno());
        }
    }

    /** Pages that are allocated already cost a write a third less time on ext4 than those whose allocation is put off. */
    @Override
    public void reserve(long bytes) {
        long from = length & -PAGE;
        long end = length + bytes;
        boolean reserved = file.reserve(from, end - from);
        if (reserved) {
            reservedEnd = end;
        }
        if (lease != null && behind == null) {
            Executor writer = lease.writer(); // whoever appends may be kept to a processor, who reserves is not
            BufferMemory memory = reserved ? lease.memory() : null;
            behind = memory == null ? null : new WriteBehind(memory, file, writer);
        }
    }

    @Override
    public void forgetCached() {
        file.dropCache(0, 0);
    }

    @Override
    public String failure() {
        return call + " " + file.path() + ": " + Errno.name(errno) + ": " + Errno.remedy(errno);
    }

    @Override
    public void close() throws IOException {
        WriteBehind held = behind;
        long settled = settle();
        behind = null;
        if (held != null && lease != null) {
            held.close();
            if (settled == MediumResult.OK) {
                lease.back();
            }
        }
        file.close();
        if (settled != MediumResult.OK) {
            throw new IOException(failure());
        }
    }

    private long failed(String what) {
        return failed(what, NativeFile.lastErrno());
    }

    private long failed(String what, int why) {
        call = what;
        errno = why;
        return result(why);
    }

    static long result(int errno) {
        return switch (errno) {
            case Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG -> MediumResult.NO_SPACE;
            case Errno.EROFS, Errno.EPERM -> MediumResult.WRITE_PROTECTED;
            default -> MediumResult.STORAGE_FAILED;
        };
    }
}
