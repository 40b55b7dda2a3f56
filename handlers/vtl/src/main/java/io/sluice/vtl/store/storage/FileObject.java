// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import io.sluice.handler.HotPath;
import io.sluice.posix.Errno;
import io.sluice.posix.NativeException;
import io.sluice.posix.NativeFile;
import io.sluice.vtl.medium.MediumResult;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A file through the page cache. */
final class FileObject implements StorageObject {
    private static final long PAGE = 4096;
    private static final int IDLE_SECONDS = 10;

    private final NativeFile file;
    private long length;
    private int errno;
    private String call = "";
    private @Nullable ThreadPoolExecutor writeback;

    /** Takes the file over. */
    FileObject(NativeFile file) throws NativeException {
        this.file = file;
        this.length = file.size();
    }

    @Override
    @HotPath
    public long length() {
        return length;
    }

    @Override
    @HotPath
    public long append(MemorySegment from, long offset, long bytes) {
        long done = file.write(from.address() + offset, bytes, length, false);
        length += done;
        return done == bytes ? MediumResult.OK : failed("write");
    }

    @Override
    @HotPath
    public long append(MemorySegment head, long headBytes, MemorySegment body, long offset, long bytes) {
        long done = file.gather(head.address(), headBytes, body.address() + offset, bytes, length);
        length += done;
        return done == headBytes + bytes ? MediumResult.OK : failed("pwritev");
    }

    @Override
    @HotPath
    public long read(long position, MemorySegment to, long offset, long bytes) {
        return complete(file.read(to.address() + offset, bytes, position), bytes);
    }

    @Override
    @HotPath
    public long read(long position, MemorySegment head, long headBytes, MemorySegment to, long offset, long bytes) {
        long done = file.scatter(head.address(), headBytes, to.address() + offset, bytes, position);
        return complete(done, headBytes + bytes);
    }

    /** Its ends are in the page cache: so is what lies between them, mostly, because the kernel reads ahead. */
    @Override
    @HotPath
    public boolean isAtHand(long position, long bytes) {
        return bytes == 0 || (file.isCached(position) && file.isCached(position + bytes - 1));
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
        return file.sync() ? MediumResult.OK : failedFor("fdatasync");
    }

    /** Whatever the kernel calls it: what was not written is lost. */
    private long failedFor(String what) {
        failed(what);
        return MediumResult.STORAGE_FAILED;
    }

    @Override
    public long truncate(long newLength) {
        try {
            file.truncate(newLength);
            length = newLength;
            return MediumResult.OK;
        } catch (NativeException e) {
            return failed("ftruncate", e.errno());
        }
    }

    /** Pages that are allocated already cost a write a third less time on ext4 than those whose allocation is put off. */
    @Override
    public void reserve(long bytes) {
        long from = length & -PAGE;
        file.reserve(from, length + bytes - from);
    }

    /** The kernel makes its caller wait while it queues the range: a thread of its own. */
    @Override
    public void startWriteback(long position, long bytes) {
        if (writeback == null) {
            ThreadFactory threads = Thread.ofPlatform()
                    .daemon()
                    .name(file.path().getFileName() + "-writeback")
                    .factory();
            writeback =
                    new ThreadPoolExecutor(0, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        }
        writeback.execute(() -> file.startWriteback(position, bytes));
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
        if (writeback != null) {
            writeback.close();
        }
        file.close();
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
