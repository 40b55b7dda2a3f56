// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import java.lang.foreign.MemorySegment;

/** Reads zeros, discards writes: for measuring everything but the storage. */
public final class NullStore implements BlockStore {
    public static final long DEFAULT_BYTES = 1L << 40;

    private static final StoreTraits TRAITS = new StoreTraits(4096, 1, false, false, true, true, Long.MAX_VALUE);

    private volatile long size;

    public NullStore(long size) {
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public StoreTraits traits() {
        return TRAITS;
    }

    @Override
    public long read(long offset, MemorySegment data, long at, int length) {
        // The pool's pages hold other commands' data, so even nothing has to be written.
        Zeros.fill(data, at, length);
        return Outcome.OK;
    }

    @Override
    public boolean tryRead(long offset, MemorySegment data, long at, int length) {
        return Outcome.isOk(read(offset, data, at, length));
    }

    @Override
    public long readMedium(long offset, MemorySegment data, long at, int length) {
        return read(offset, data, at, length);
    }

    @Override
    public long write(long offset, MemorySegment data, long at, int length, boolean durable) {
        return Outcome.OK;
    }

    @Override
    public boolean tryWrite(long offset, MemorySegment data, long at, int length) {
        return true;
    }

    @Override
    public long flush() {
        return Outcome.OK;
    }

    @Override
    public long discard(long offset, long length) {
        return Outcome.OK;
    }

    @Override
    public long writeZeroes(long offset, long length) {
        return Outcome.OK;
    }

    @Override
    public void prefetch(long offset, long length) {}

    @Override
    public Extent extentAt(long offset) {
        return new Extent(offset, size - offset, false);
    }

    @Override
    public void resize(long newSize) {
        size = newSize;
    }

    @Override
    public void close() {}
}
