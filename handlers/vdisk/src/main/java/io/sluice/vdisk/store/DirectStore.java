// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import io.sluice.posix.NativeFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.StampedLock;

/**
 * A file without the page cache (O_DIRECT). Transfers whose address, offset or length break the file's alignment go through an
 * aligned buffer of the thread, and unaligned writes read, modify and write whole units.
 *
 * <p>A read-modify-write must not lose what others write into its first and last unit meanwhile, so it excludes all other
 * writes; aligned writes run side by side.
 */
public final class DirectStore implements BlockStore {
    static final int BOUNCE_BYTES = 1 << 20;
    private static final ThreadLocal<MemorySegment> BOUNCE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(BOUNCE_BYTES, 4096));

    private final NativeFile file;
    private final FileStore cached;
    private final int unit;
    private final int memoryAlignment;
    private final StoreTraits traits;
    private final StampedLock writes = new StampedLock();

    /**
     * Takes over {@code file}, opened with O_DIRECT.
     *
     * @param unit bytes that offsets and lengths must be multiples of; the disk's size is one
     * @param cached the same file for everything that moves no data of its own
     */
    public DirectStore(NativeFile file, FileStore cached, int unit, int memoryAlignment) {
        this.file = file;
        this.cached = cached;
        this.unit = unit;
        this.memoryAlignment = memoryAlignment;
        StoreTraits base = cached.traits();
        this.traits = new StoreTraits(base.granularity(), unit, true, true, true, true, 0);
    }

    @Override
    public long size() {
        return cached.size();
    }

    @Override
    public StoreTraits traits() {
        return traits;
    }

    @Override
    public long read(long offset, MemorySegment data, long at, int length) {
        long address = data.address() + at;
        if (isAligned(address, offset, length)) {
            long done = file.read(address, length, offset);
            return done == length ? Outcome.OK : failed(done);
        }
        MemorySegment bounce = BOUNCE.get();
        for (int done = 0; done < length; ) {
            int lead = (int) ((offset + done) % unit);
            int n = Math.min(BOUNCE_BYTES - lead, length - done);
            long got = file.read(bounce.address(), roundUp(lead + n), offset + done - lead) - lead;
            if (got < n) {
                return failed(done + Math.max(got, 0));
            }
            MemorySegment.copy(bounce, lead, data, at + done, n);
            done += n;
        }
        return Outcome.OK;
    }

    /** There is no cache, so every read waits. */
    @Override
    public boolean tryRead(long offset, MemorySegment data, long at, int length) {
        return false;
    }

    @Override
    public long readMedium(long offset, MemorySegment data, long at, int length) {
        return read(offset, data, at, length);
    }

    @Override
    public boolean tryWrite(long offset, MemorySegment data, long at, int length) {
        return false;
    }

    @Override
    public long write(long offset, MemorySegment data, long at, int length, boolean durable) {
        long address = data.address() + at;
        boolean wholeUnits = offset % unit == 0 && length % unit == 0;
        long stamp = wholeUnits ? writes.readLock() : writes.writeLock();
        try {
            if (offset + length > cached.size()) {
                return Outcome.failed(StoreFailure.BEYOND_END, 0);
            }
            if (wholeUnits && address % memoryAlignment == 0) {
                long done = file.write(address, length, offset, durable);
                return done == length ? Outcome.OK : failed(done);
            }
            return writeThroughBounce(offset, data, at, length, durable);
        } finally {
            writes.unlock(stamp);
        }
    }

    private long writeThroughBounce(long offset, MemorySegment data, long at, int length, boolean durable) {
        MemorySegment bounce = BOUNCE.get();
        for (int done = 0; done < length; ) {
            long start = offset + done;
            int lead = (int) (start % unit);
            int n = Math.min(BOUNCE_BYTES - lead, length - done);
            int whole = roundUp(lead + n);
            long base = start - lead;
            if (lead != 0 && file.read(bounce.address(), unit, base) != unit) {
                return failed(done);
            }
            int last = whole - unit;
            boolean tailIsPartial = (lead + n) % unit != 0;
            boolean tailIsRead = lead != 0 && last == 0;
            if (tailIsPartial && !tailIsRead && file.read(bounce.address() + last, unit, base + last) != unit) {
                return failed(done);
            }
            MemorySegment.copy(data, at + done, bounce, lead, n);
            long written = file.write(bounce.address(), whole, base, durable) - lead;
            if (written < n) {
                return failed(done + Math.max(written, 0));
            }
            done += n;
        }
        return Outcome.OK;
    }

    @Override
    public long flush() {
        return cached.flush();
    }

    /** Excludes read-modify-writes, which would write back what was there before. */
    @Override
    public long discard(long offset, long length) {
        long stamp = writes.writeLock();
        try {
            return cached.discard(offset, length);
        } finally {
            writes.unlockWrite(stamp);
        }
    }

    @Override
    public long writeZeroes(long offset, long length) {
        long stamp = writes.writeLock();
        try {
            return cached.writeZeroes(offset, length);
        } finally {
            writes.unlockWrite(stamp);
        }
    }

    /** There is no cache to fetch into. */
    @Override
    public void prefetch(long offset, long length) {}

    @Override
    public Extent extentAt(long offset) throws IOException {
        return cached.extentAt(offset);
    }

    /** Excludes writes, so that none can grow the file back after a shrink. */
    @Override
    public void resize(long newSize) throws IOException {
        if (newSize % unit != 0) {
            throw new IOException(newSize + " bytes are not a multiple of " + unit
                    + ", which O_DIRECT needs here: use a multiple, or backend = \"file\"");
        }
        long stamp = writes.writeLock();
        try {
            cached.resize(newSize);
        } finally {
            writes.unlockWrite(stamp);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            cached.close();
        }
    }

    private boolean isAligned(long address, long offset, long length) {
        return offset % unit == 0 && length % unit == 0 && address % memoryAlignment == 0;
    }

    private int roundUp(int bytes) {
        return Math.ceilDiv(bytes, unit) * unit;
    }

    private static long failed(long done) {
        return Outcome.failed(StoreFailure.ofErrno(NativeFile.lastErrno()), done);
    }
}
