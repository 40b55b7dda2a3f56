// SPDX-License-Identifier: Apache-2.0
package io.sluice.posix;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** Zeroed memory from mmap(2) that takes a page when it is first written and can give pages back. */
public final class AnonymousMemory implements AutoCloseable {
    /** Bytes of a page of this machine. */
    public static final int PAGE = (int) sysconf(Libc.SC_PAGESIZE);

    private final MemorySegment segment;
    private final AtomicBoolean closed = new AtomicBoolean();

    private AnonymousMemory(MemorySegment segment) {
        this.segment = segment;
    }

    /** Maps {@code bytes}, zeroed; with {@code populate} every page is taken at once, else on first write. */
    @SuppressWarnings("restricted") // the length is the one that mmap was given
    public static AnonymousMemory map(long bytes, boolean populate) throws NativeException {
        int flags = Libc.MAP_PRIVATE_ANONYMOUS | (populate ? Libc.MAP_POPULATE : Libc.MAP_NORESERVE);
        Libc.Scratch scratch = Libc.scratch();
        long address;
        try {
            address = (long) Libc.MMAP.invokeExact(scratch.state, 0L, bytes, Libc.PROT_READ_WRITE, flags, -1, 0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (address == -1) {
            throw new NativeException("mmap", bytes + " bytes of memory", scratch.errno());
        }
        return new AnonymousMemory(MemorySegment.ofAddress(address).reinterpret(bytes));
    }

    public MemorySegment segment() {
        return segment;
    }

    /** Gives whole pages back; they read as zeros afterwards. Both arguments are multiples of {@link #PAGE}. */
    public boolean release(long offset, long length) {
        try {
            int rc = (int) Libc.MADVISE.invokeExact(
                    Libc.scratch().state, segment.address() + offset, length, Libc.MADV_DONTNEED);
            return rc == 0;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Bytes of memory that the machine has. */
    public static long physicalBytes() {
        return sysconf(Libc.SC_PHYS_PAGES) * PAGE;
    }

    private static long sysconf(int name) {
        try {
            return (long) Libc.SYSCONF.invokeExact(Libc.scratch().state, name);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** The caller makes sure that no thread uses the segment any more. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                int ignored =
                        (int) Libc.MUNMAP.invokeExact(Libc.scratch().state, segment.address(), segment.byteSize());
            } catch (Throwable t) {
                throw Libc.unexpected(t);
            }
        }
    }
}
