// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import io.sluice.posix.AnonymousMemory;
import io.sluice.posix.NativeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Off-heap memory. Thin: a page is taken when it is first written and given back by discard; thick: all pages are taken at
 * the start, so that a full machine shows then and not in the middle of a write. Its medium is memory, so every write is
 * durable as long as the process lives.
 */
public final class RamStore implements BlockStore {
    private static final int PAGE = AnonymousMemory.PAGE;

    private final AnonymousMemory memory;
    private final MemorySegment bytes;
    private final PageMap allocated;
    private final long size;
    private final boolean thin;
    private final StoreTraits traits;

    private RamStore(AnonymousMemory memory, long size, boolean thin) {
        this.memory = memory;
        this.bytes = memory.segment();
        this.size = size;
        this.thin = thin;
        this.allocated = new PageMap(Math.ceilDiv(size, PAGE));
        this.traits = new StoreTraits(PAGE, 1, false, false, thin, false, Long.MAX_VALUE);
    }

    /** Throws if the machine has less memory than {@code size}, or does not give it. */
    public static RamStore open(long size, boolean thin) throws IOException {
        long physical = AnonymousMemory.physicalBytes();
        if (size > physical) {
            throw new IOException(size + " bytes of RAM disk do not fit into " + physical
                    + " bytes of memory: make it smaller, or use backend = \"file\"");
        }
        AnonymousMemory memory;
        try {
            memory = AnonymousMemory.map(Math.ceilDiv(size, PAGE) * PAGE, !thin);
        } catch (NativeException e) {
            throw new IOException(e.getMessage() + "; or use backend = \"file\"", e);
        }
        return new RamStore(memory, size, thin);
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
        MemorySegment.copy(bytes, offset, data, at, length);
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
        MemorySegment.copy(data, at, bytes, offset, length);
        // After the copy, as discard clears before it releases: whatever the interleaving, data is never under a clear
        // bit.
        allocated.set(offset / PAGE, Math.ceilDiv(offset + length, PAGE));
        return Outcome.OK;
    }

    @Override
    public boolean tryWrite(long offset, MemorySegment data, long at, int length) {
        return Outcome.isOk(write(offset, data, at, length, false));
    }

    @Override
    public long flush() {
        return Outcome.OK;
    }

    @Override
    public long discard(long offset, long length) {
        if (!thin) {
            return writeZeroes(offset, length);
        }
        long end = offset + length;
        long first = Math.ceilDiv(offset, PAGE) * PAGE;
        // The last page may lie across the end of the disk; nobody sees what is behind it.
        long last = end == size ? Math.ceilDiv(end, PAGE) * PAGE : end / PAGE * PAGE;
        if (first >= last) {
            Zeros.fill(bytes, offset, length);
            return Outcome.OK;
        }
        Zeros.fill(bytes, offset, first - offset);
        if (last < end) {
            Zeros.fill(bytes, last, end - last);
        }
        allocated.clear(first / PAGE, last / PAGE);
        return memory.release(first, last - first) ? Outcome.OK : Outcome.failed(StoreFailure.INTERNAL, 0);
    }

    @Override
    public long writeZeroes(long offset, long length) {
        Zeros.fill(bytes, offset, length);
        allocated.set(offset / PAGE, Math.ceilDiv(offset + length, PAGE));
        return Outcome.OK;
    }

    @Override
    public void prefetch(long offset, long length) {}

    @Override
    public Extent extentAt(long offset) {
        if (!thin) {
            return new Extent(offset, size - offset, true);
        }
        long page = offset / PAGE;
        long end = Math.min(allocated.endOfRun(page) * PAGE, size);
        return new Extent(offset, end - offset, allocated.get(page));
    }

    @Override
    public void resize(long newSize) throws IOException {
        throw new IOException(
                "a RAM disk cannot be resized: change its size and restart the appliance, or use backend = \"file\"");
    }

    @Override
    public void close() {
        memory.close();
    }
}
