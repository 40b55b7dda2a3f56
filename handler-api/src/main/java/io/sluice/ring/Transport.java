// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;
import java.lang.foreign.MemorySegment;

/**
 * How a handler session reaches its gateway. The rings are the same shared memory everywhere; what differs is how to wait and
 * to wake: futex and eventfd for the daemon, one ioctl for the module, a downcall in-process.
 */
public interface Transport extends AutoCloseable {
    /** Work for the queue loop that comes from this process: replies of other threads. */
    @FunctionalInterface
    interface LocalWork {
        @HotPath
        boolean isPending();
    }

    ControlDescriptor control();

    RingQueue queue(int number);

    AdminRing admin();

    /** The data pool; descriptors' {@code buf_off} counts from its start. */
    MemorySegment pool();

    /**
     * Takes the replies and gives commands: publishes what was completed, wakes the gateway if it sleeps, then returns
     * how many commands wait, at most {@code max}. With fewer than {@code min} it waits: spins or gives its
     * processor away as long as that is cheaper than sleeping, then sleeps; until the time-out, until {@code local} has work, or {@link #wake}. Only the
     * queue's own loop calls this.
     */
    @HotPath
    int enter(RingQueue queue, int min, int max, long timeoutNanos, LocalWork local);

    /** Makes the queue's loop look for local work if it sleeps. Any thread, after the work is visible. */
    @HotPath
    void wake(RingQueue queue);

    /** How often {@link #enter} spun, gave the processor away, slept and woke somebody. */
    WaitStatistics statistics(RingQueue queue);

    /** Tells the gateway of admin requests if it sleeps. */
    void signalAdmin();

    /** Waits for an admin event, at most until the time-out. */
    void awaitAdmin(long timeoutNanos);

    /** Makes {@link #awaitAdmin} return. */
    void wakeAdmin();

    /** Unmaps. Nobody may be in here, and no command may be held. */
    @Override
    void close();
}
