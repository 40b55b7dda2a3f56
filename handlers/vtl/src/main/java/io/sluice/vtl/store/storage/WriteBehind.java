// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import io.sluice.handler.HotPath;
import io.sluice.posix.Errno;
import io.sluice.posix.NativeException;
import io.sluice.posix.NativeFile;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a file as a copy into {@link BufferMemory}; a thread of its own writes each slot that is full, past the page cache if the
 * file system can. The file's room is taken already, so that no such write fails for want of it.
 *
 * <p>Threads: one at a time appends, and one writes behind it.
 */
final class WriteBehind {
    private static final int SLOTS = BufferMemory.SLOTS;
    private static final long SLOT_BYTES = BufferMemory.SLOT_BYTES;

    private final BufferMemory memory;
    private final MemorySegment bytes;
    private final NativeFile file;
    private final Executor writer;
    private final Runnable writeFull = this::writeFull;
    private @Nullable NativeFile direct;

    /** Of each slot, bytes that the file has already: whole pages. */
    private final long[] clean = new long[SLOTS];
    /** Held while slots are written. */
    private final ReentrantLock writing = new ReentrantLock();
    /** Slots that are full and whole in the file, ever: those between them and {@link #taken} hold something. */
    private volatile long written;

    private volatile int errno;
    /** Slots that were ever begun; the last one is being filled. */
    private long taken;
    /** Bytes of that one that the file has, the last ones perhaps not for good: see {@link #clean}. */
    private long drained;
    /** Of these, full. */
    private volatile long full;

    /** The file stays its owner's. */
    WriteBehind(BufferMemory memory, NativeFile file, Executor writer) {
        this.memory = memory;
        this.bytes = memory.segment();
        this.file = file;
        this.writer = writer;
        try {
            direct = NativeFile.open(file.path(), NativeFile.Mode.READ_WRITE.withDirect(true));
        } catch (NativeException e) {
            direct = null;
        }
        memory.dedicate(file.path().getFileName().toString());
    }

    private static int slot(long number) {
        return (int) (number % SLOTS);
    }

    @HotPath
    private boolean isFilling() {
        return taken > full;
    }

    @HotPath
    private long filled() {
        return memory.filled(slot(taken - 1));
    }

    /** True if so many bytes can be appended at once. */
    @HotPath
    boolean hasRoom(long wanted) {
        long free = SLOTS - (taken - written);
        return isFilling() && errno == 0 && wanted <= SLOT_BYTES - filled() + free * SLOT_BYTES;
    }

    /** Appends what belongs at {@code position}, where the file or what was appended before ends. Returns the bytes that came: fewer if {@link #errno}. */
    @HotPath
    long append(long position, MemorySegment from, long offset, long wanted) {
        if (errno != 0 && !drain()) {
            return 0;
        }
        long done = 0;
        while (done < wanted) {
            if (!isFilling() && !begin(position + done)) {
                return done;
            }
            int slot = slot(taken - 1);
            long at = filled();
            long some = Math.min(wanted - done, SLOT_BYTES - at);
            MemorySegment.copy(from, offset + done, bytes, BufferMemory.offset(slot) + at, some);
            memory.fill(slot, at + some);
            done += some;
            if (at + some == SLOT_BYTES) {
                full = taken;
                writer.execute(writeFull);
            }
        }
        return done;
    }

    /** Takes another slot, and waits for one; at a page's beginning, which the file has. */
    private boolean begin(long position) {
        while (taken - written >= SLOTS) {
            if (!writeFull()) {
                return false;
            }
        }
        int slot = slot(taken);
        long in = position % BufferMemory.PAGE;
        long address = bytes.address() + BufferMemory.offset(slot);
        if (in != 0 && file.read(address, in, position - in) != in) {
            errno = NativeFile.lastErrno() == 0 ? Errno.EIO : NativeFile.lastErrno();
            return false;
        }
        clean[slot] = 0;
        drained = 0;
        memory.begin(slot, position - in);
        memory.fill(slot, in);
        taken++;
        return true;
    }

    /** Writes all slots that are full; false if one could not be written: it stays, and {@link #errno} says why. */
    private boolean writeFull() {
        writing.lock();
        try {
            for (long number = written; errno == 0 && number < full; number++) {
                int slot = slot(number);
                if (write(slot, memory.filled(slot))) {
                    memory.fill(slot, 0);
                    written = number + 1;
                }
            }
            return errno == 0;
        } finally {
            writing.unlock();
        }
    }

    /** Writes a slot's bytes up to {@code end}, as far as the file has them not: whole pages past the cache. */
    private boolean write(int slot, long end) {
        long whole = end & -BufferMemory.PAGE;
        if (whole > clean[slot]) {
            if (!writePages(slot, clean[slot], whole)) {
                return false;
            }
            clean[slot] = whole;
        }
        return whole == end || writeTo(file, slot, whole, end);
    }

    private boolean writePages(int slot, long from, long to) {
        NativeFile past = direct;
        if (past != null) {
            if (writeTo(past, slot, from, to)) {
                return true;
            }
            if (errno != Errno.EINVAL) {
                return false;
            }
            errno = 0; // it says now that it wants others than pages
            close();
        }
        if (!writeTo(file, slot, from, to)) {
            return false;
        }
        file.startWriteback(memory.position(slot) + from, to - from);
        return true;
    }

    private boolean writeTo(NativeFile to, int slot, long from, long end) {
        long address = bytes.address() + BufferMemory.offset(slot) + from;
        long done = to.write(address, end - from, memory.position(slot) + from, false);
        if (done == end - from) {
            return true;
        }
        errno = NativeFile.lastErrno();
        return false;
    }

    /** From here on the file does not have what was appended; {@link Long#MAX_VALUE} if it has all. */
    @HotPath
    long firstHeld() {
        long first = written;
        int slot = slot(first);
        if (first == taken || (first == full && drained == memory.filled(slot))) {
            return Long.MAX_VALUE;
        }
        return memory.position(slot) + clean[slot];
    }

    /** Brings everything into the file; false if that failed, and {@link #errno} says why: then it is still held. */
    boolean drain() {
        writing.lock();
        try {
            errno = 0;
            if (!writeFull()) {
                return false;
            }
            if (isFilling()) {
                long all = filled();
                boolean good = write(slot(taken - 1), all);
                drained = good ? all : 0;
                return good;
            }
            return true;
        } finally {
            writing.unlock();
        }
    }

    /** Forgets what was appended from {@code length} on, and holds nothing any more: the rest is in the file. False as of {@link #drain}. */
    boolean truncate(long length) {
        writing.lock();
        try {
            for (long number = written; number < taken; number++) {
                int slot = slot(number);
                long kept = Math.clamp(length - memory.position(slot), 0, memory.filled(slot));
                memory.fill(slot, kept);
            }
            if (!drain()) {
                return false;
            }
            release();
            return true;
        } finally {
            writing.unlock();
        }
    }

    /** Holds nothing any more, after {@link #drain}: what is appended next may begin anywhere. */
    void release() {
        writing.lock();
        try {
            if (isFilling()) {
                memory.fill(slot(taken - 1), 0);
                full = taken;
                written = taken;
            }
        } finally {
            writing.unlock();
        }
    }

    /** Why something failed. */
    int errno() {
        return errno;
    }

    /** Lets go of what it opened. */
    void close() {
        NativeFile past = direct;
        direct = null;
        try {
            if (past != null) {
                past.close();
            }
        } catch (NativeException e) {
            // nothing was written through it that is not whole
        }
    }
}
