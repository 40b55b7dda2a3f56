// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import io.sluice.handler.HotPath;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whether writing into the page cache goes quickly at present. Most file systems cannot be asked not to wait (ext4 refuses
 * RWF_NOWAIT for buffered writes), but a wait has causes that last: a flush that holds the journal, or more dirty pages than
 * the kernel likes. So while a flush runs nobody tries, and who did wait sends everybody to the workers for a while: what is
 * risked is one wait in {@value #PAUSE_NANOS} ns. Any thread.
 */
@HotPath
final class WriteStalls {
    /** Longer than copying and the bookkeeping of 64 KiB take; a wait for the medium is longer. */
    static final long STALL_NANOS = 500_000;

    static final long PAUSE_NANOS = 100_000_000;

    private static final VarHandle FLUSHES;

    static {
        try {
            FLUSHES = MethodHandles.lookup().findVarHandle(WriteStalls.class, "flushes", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("unused") // by FLUSHES
    private volatile int flushes;

    private volatile boolean stalled;
    private volatile long stalledAt;

    /** @param now {@link System#nanoTime()} */
    boolean mayTry(long now) {
        if (flushes != 0) {
            return false;
        }
        if (!stalled) {
            return true;
        }
        if (now - stalledAt < PAUSE_NANOS) {
            return false;
        }
        stalled = false;
        return true;
    }

    /** A write began and ended, as {@link System#nanoTime()} says. */
    void wrote(long began, long ended) {
        if (ended - began > STALL_NANOS) {
            stalledAt = ended;
            stalled = true;
        }
    }

    void flushBegins() {
        FLUSHES.getAndAdd(this, 1);
    }

    void flushEnds() {
        FLUSHES.getAndAdd(this, -1);
    }
}
