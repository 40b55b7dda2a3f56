// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import io.sluice.posix.Errno;
import io.sluice.posix.FileShape;
import io.sluice.posix.NativeException;
import io.sluice.posix.NativeFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A file (or block device) through the page cache. */
public final class FileStore implements BlockStore {
    /** What a prefetch may count on: the page cache is larger, but others live there, too. */
    private static final long READ_CACHE_BYTES = 64 << 20;

    private static final int PAGE_BYTES = 4096;

    private final NativeFile file;
    private final WriteStalls stalls = new WriteStalls();
    private final StoreTraits traits;
    private volatile long size;
    private volatile boolean writesLost;
    private volatile boolean punches = true;
    private volatile boolean zeroes = true;

    /** Takes over {@code file}, whose first {@code size} bytes are the disk. */
    public FileStore(NativeFile file, FileShape shape, long size) {
        this.file = file;
        this.size = size;
        int granularity = Math.max(shape.blockSize(), 1);
        this.traits = new StoreTraits(granularity, granularity, true, true, true, true, READ_CACHE_BYTES);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public StoreTraits traits() {
        return traits;
    }

    @Override
    public long read(long offset, MemorySegment data, long at, int length) {
        long done = file.read(data.address() + at, length, offset);
        return done == length ? Outcome.OK : failed(done);
    }

    @Override
    public boolean tryRead(long offset, MemorySegment data, long at, int length) {
        return file.readCached(data.address() + at, length, offset) == length;
    }

    @Override
    public long readMedium(long offset, MemorySegment data, long at, int length) {
        long flushed = flush();
        if (!Outcome.isOk(flushed)) {
            return flushed;
        }
        file.dropCache(offset, length);
        return read(offset, data, at, length);
    }

    @Override
    public long write(long offset, MemorySegment data, long at, int length, boolean durable) {
        long done = file.write(data.address() + at, length, offset, durable);
        if (done != length) {
            long outcome = failed(done);
            // The kernel reports a failed write-back once; it may have been that of earlier writes that returned OK.
            writesLost |= durable && Outcome.failure(outcome) == StoreFailure.MEDIUM;
            return outcome;
        }
        return offset + length <= size ? Outcome.OK : shrunkUnder(offset);
    }

    /** Whole pages only: the rest of a page that is not in the cache would have to be read first. */
    @Override
    public boolean tryWrite(long offset, MemorySegment data, long at, int length) {
        long began = System.nanoTime();
        if (((offset | length) & (PAGE_BYTES - 1)) != 0 || !stalls.mayTry(began)) {
            return false;
        }
        long done = file.write(data.address() + at, length, offset, false);
        stalls.wrote(began, System.nanoTime());
        if (offset + length > size) {
            // A shrink came in between; what this write added behind the new end must not stay.
            shrunkUnder(offset);
            return false;
        }
        return done == length;
    }

    @Override
    public long flush() {
        if (writesLost) {
            return Outcome.failed(StoreFailure.WRITES_LOST, 0);
        }
        stalls.flushBegins();
        boolean synced = file.sync();
        stalls.flushEnds();
        if (synced) {
            return Outcome.OK;
        }
        // The kernel marks the pages clean when writing them back failed; the next fdatasync would call that success.
        writesLost = true;
        return failed(0);
    }

    @Override
    public long discard(long offset, long length) {
        if (punches) {
            if (file.punchHole(offset, length)) {
                return Outcome.OK;
            }
            if (!unsupported(NativeFile.lastErrno())) {
                return failed(0);
            }
            punches = false;
        }
        return writeZeroes(offset, length);
    }

    @Override
    public long writeZeroes(long offset, long length) {
        if (zeroes) {
            if (file.zeroRange(offset, length)) {
                return offset + length <= size ? Outcome.OK : shrunkUnder(offset);
            }
            if (!unsupported(NativeFile.lastErrno())) {
                return failed(0);
            }
            zeroes = false;
        }
        return Zeros.write(this, offset, length);
    }

    @Override
    public void prefetch(long offset, long length) {
        file.willNeed(offset, length);
    }

    @Override
    public Extent extentAt(long offset) throws IOException {
        return Holes.extentAt(file, offset, size);
    }

    /** Writers that race with a shrink notice it after their write, and cut what they added: see shrunkUnder. */
    @Override
    public synchronized void resize(long newSize) throws IOException {
        if (newSize < size) {
            size = newSize;
            file.truncate(newSize);
        } else {
            file.truncate(newSize);
            size = newSize;
        }
        if (!file.sync()) {
            throw new NativeException("fdatasync", file.path().toString(), NativeFile.lastErrno());
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private synchronized long shrunkUnder(long offset) {
        try {
            file.truncate(size);
        } catch (IOException e) {
            return Outcome.failed(StoreFailure.INTERNAL, 0);
        }
        return Outcome.failed(StoreFailure.BEYOND_END, Math.max(size - offset, 0));
    }

    private static long failed(long done) {
        return Outcome.failed(StoreFailure.ofErrno(NativeFile.lastErrno()), done);
    }

    private static boolean unsupported(int errno) {
        return errno == Errno.EOPNOTSUPP || errno == Errno.ENOSYS;
    }
}
