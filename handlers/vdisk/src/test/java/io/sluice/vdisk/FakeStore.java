// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.vdisk.store.BlockStore;
import io.sluice.vdisk.store.Extent;
import io.sluice.vdisk.store.Outcome;
import io.sluice.vdisk.store.RamStore;
import io.sluice.vdisk.store.StoreFailure;
import io.sluice.vdisk.store.StoreTraits;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Memory that pretends to be a slow medium behind a volatile cache, writes down what it is asked, and fails on demand. */
final class FakeStore implements BlockStore {
    final List<String> calls = new ArrayList<>();
    long failure = Outcome.OK;
    boolean failFlush;
    boolean cold;

    private final RamStore memory;

    FakeStore(long size) throws IOException {
        memory = RamStore.open(size, true);
    }

    /** From now on every transfer fails after that many bytes. */
    void fail(StoreFailure kind, long bytesDone) {
        failure = Outcome.failed(kind, bytesDone);
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public StoreTraits traits() {
        return new StoreTraits(4096, 1, true, true, true, true, 1 << 20);
    }

    @Override
    public long read(long offset, MemorySegment data, long at, int length) {
        calls.add("read");
        return Outcome.isOk(failure) ? memory.read(offset, data, at, length) : failure;
    }

    @Override
    public boolean tryRead(long offset, MemorySegment data, long at, int length) {
        calls.add("tryRead");
        return !cold && Outcome.isOk(memory.read(offset, data, at, length));
    }

    @Override
    public long readMedium(long offset, MemorySegment data, long at, int length) {
        calls.add("readMedium");
        return Outcome.isOk(failure) ? memory.read(offset, data, at, length) : failure;
    }

    @Override
    public long write(long offset, MemorySegment data, long at, int length, boolean durable) {
        calls.add(durable ? "write durable" : "write");
        return Outcome.isOk(failure) ? memory.write(offset, data, at, length, durable) : failure;
    }

    @Override
    public boolean tryWrite(long offset, MemorySegment data, long at, int length) {
        calls.add("tryWrite");
        return !cold && Outcome.isOk(failure) && Outcome.isOk(memory.write(offset, data, at, length, false));
    }

    @Override
    public long flush() {
        calls.add("flush");
        return failFlush ? Outcome.failed(StoreFailure.MEDIUM, 0) : Outcome.OK;
    }

    @Override
    public long discard(long offset, long length) {
        calls.add("discard " + offset + " " + length);
        return Outcome.isOk(failure) ? memory.discard(offset, length) : failure;
    }

    @Override
    public long writeZeroes(long offset, long length) {
        calls.add("zero " + offset + " " + length);
        return Outcome.isOk(failure) ? memory.writeZeroes(offset, length) : failure;
    }

    @Override
    public void prefetch(long offset, long length) {
        calls.add("prefetch " + offset + " " + length);
    }

    @Override
    public Extent extentAt(long offset) throws IOException {
        if (!Outcome.isOk(failure)) {
            throw new IOException("fake");
        }
        return memory.extentAt(offset);
    }

    @Override
    public void resize(long size) throws IOException {
        memory.resize(size);
    }

    @Override
    public void close() {
        memory.close();
    }
}
