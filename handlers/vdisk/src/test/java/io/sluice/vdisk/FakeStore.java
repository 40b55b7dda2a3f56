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
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Memory that pretends to be a slow medium behind a volatile cache, writes down what it is asked, and fails on demand. */
final class FakeStore implements BlockStore {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    /** What else happens when it is asked, before it does that: on the thread that asks. */
    Consumer<String> onCall = call -> {};

    volatile long failure = Outcome.OK;
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

    private void called(String what) {
        calls.add(what);
        onCall.accept(what);
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
        called("read");
        return Outcome.isOk(failure) ? memory.read(offset, data, at, length) : failure;
    }

    @Override
    public boolean tryRead(long offset, MemorySegment data, long at, int length) {
        called("tryRead");
        return !cold && Outcome.isOk(memory.read(offset, data, at, length));
    }

    @Override
    public long readMedium(long offset, MemorySegment data, long at, int length) {
        called("readMedium");
        return Outcome.isOk(failure) ? memory.read(offset, data, at, length) : failure;
    }

    @Override
    public long write(long offset, MemorySegment data, long at, int length, boolean durable) {
        called(durable ? "write durable" : "write");
        return Outcome.isOk(failure) ? memory.write(offset, data, at, length, durable) : failure;
    }

    @Override
    public boolean tryWrite(long offset, MemorySegment data, long at, int length) {
        called("tryWrite");
        return !cold && Outcome.isOk(failure) && Outcome.isOk(memory.write(offset, data, at, length, false));
    }

    @Override
    public long flush() {
        called("flush");
        return failFlush ? Outcome.failed(StoreFailure.MEDIUM, 0) : Outcome.OK;
    }

    @Override
    public long discard(long offset, long length) {
        called("discard " + offset + " " + length);
        return Outcome.isOk(failure) ? memory.discard(offset, length) : failure;
    }

    @Override
    public long writeZeroes(long offset, long length) {
        called("zero " + offset + " " + length);
        return Outcome.isOk(failure) ? memory.writeZeroes(offset, length) : failure;
    }

    @Override
    public void prefetch(long offset, long length) {
        called("prefetch " + offset + " " + length);
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
