// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The transport of sluiced: sleeps on a futex in the handler region, wakes the gateway by an eventfd, and touches either only
 * when a side sleeps. Each flag follows one protocol: set the flag, full fence, look again, sleep; and on the other side
 * publish, full fence, look at the flag. The two fences pair, so one side always sees the other.
 */
public final class SharedMemoryTransport extends MappedTransport {
    private static final long MAX_SLEEP_NANOS = 999_999_999L;
    /** Clock reads are dear, polls are not. */
    private static final int POLLS_PER_CLOCK_READ = 16;

    private final AdaptiveSpin[] spins;
    private final AdaptiveYield[] yields;
    private final int[] eventfds;
    private final int adminEventfd;
    private final MemorySegment timespecs;

    /**
     * Over regions that are mapped already.
     *
     * @param arena owns the regions; closed by {@link #close()}
     * @param eventfds one per queue, then the admin ring's; closed by {@link #close()}
     * @throws NativeException if the control page is not of this ABI
     */
    public SharedMemoryTransport(Arena arena, MemorySegment gateway, MemorySegment handler, int[] eventfds)
            throws NativeException {
        super(arena, gateway, handler);
        int count = control().queues();
        if (eventfds.length != count + 1) {
            throw new NativeException(
                    "session of " + count + " queues with " + eventfds.length + " eventfds",
                    71,
                    "a gateway sends one per queue and one for the admin ring: install both from one release");
        }
        this.eventfds = eventfds.clone();
        this.adminEventfd = eventfds[count];
        this.spins = new AdaptiveSpin[count];
        this.yields = new AdaptiveYield[count];
        for (int i = 0; i < count; i++) {
            spins[i] = new AdaptiveSpin(WakePrice.nanos());
            yields[i] = new AdaptiveYield();
        }
        this.timespecs = arena.allocate(16L * (count + 1), 8);
    }

    @Override
    @HotPath
    public int enter(RingQueue queue, int min, int max, long timeoutNanos, LocalWork local) {
        WaitStatistics statistic = statistics(queue);
        statistic.entered();
        if (queue.publish() != 0) {
            // Pairs with the gateway's fence between sleeping = 1 and its second look at comp_producer.
            VarHandle.fullFence();
            if (queue.index().isGatewaySleeping()) {
                Linux.signal(eventfds[queue.number()]);
                statistic.woke();
            }
        }
        int available = queue.available();
        if (available >= min || local.isPending()) {
            return Math.min(available, max);
        }
        if (timeoutNanos > 0 && !spin(queue, min, local, statistic) && !yieldProcessor(queue, min, local, statistic)) {
            sleep(queue, min, local, timeoutNanos, statistic);
        }
        return Math.min(queue.available(), max);
    }

    @HotPath
    private boolean spin(RingQueue queue, int min, LocalWork local, WaitStatistics statistic) {
        if (queue.wishedCpu() >= 0) {
            return false; // beside the gateway's thread: whoever spins there keeps the other from bringing work
        }
        AdaptiveSpin spin = spins[queue.number()];
        long budget = spin.budgetNanos(yields[queue.number()].pays());
        if (budget == 0) {
            return false;
        }
        statistic.spun();
        queue.clock().stale();
        boolean hit = false;
        long start = System.nanoTime();
        do {
            for (int i = 0; i < POLLS_PER_CLOCK_READ && !hit; i++) {
                Thread.onSpinWait();
                hit = queue.available() >= min || local.isPending();
            }
        } while (!hit && System.nanoTime() - start < budget);
        spin.record(hit);
        return hit;
    }

    @HotPath
    private boolean yieldProcessor(RingQueue queue, int min, LocalWork local, WaitStatistics statistic) {
        AdaptiveYield yield = yields[queue.number()];
        BatchClock clock = queue.clock();
        long now = clock.now();
        if (!yield.isWanted(now)) {
            return false;
        }
        statistic.yielded();
        long longest = 0;
        boolean hit = false;
        for (int looks = 0; looks < AdaptiveYield.LOOKS && !hit; looks++) {
            long before = now;
            Linux.schedYield();
            now = clock.look();
            longest = Math.max(longest, now - before);
            hit = queue.available() >= min || local.isPending();
        }
        yield.record(hit, longest, now);
        return hit;
    }

    @HotPath
    private void sleep(RingQueue queue, int min, LocalWork local, long timeoutNanos, WaitStatistics statistic) {
        IndexDescriptor index = queue.index();
        index.storeSleepingVolatile(1);
        // Pairs with the fences of the gateway's doorbell and of wake(): they publish before they look at the flag.
        VarHandle.fullFence();
        if (queue.available() < min && !local.isPending()) {
            statistic.slept();
            queue.clock().stale();
            Linux.futexWait(index.futexWord(), 1, timespec(queue.number(), timeoutNanos));
        }
        index.storeSleepingVolatile(0);
    }

    @HotPath
    private long timespec(int slot, long nanos) {
        long offset = 16L * slot;
        timespecs.set(ValueLayout.JAVA_LONG, offset, 0);
        timespecs.set(ValueLayout.JAVA_LONG, offset + 8, Math.min(nanos, MAX_SLEEP_NANOS));
        return timespecs.address() + offset;
    }

    @Override
    @HotPath
    public void wake(RingQueue queue) {
        VarHandle.fullFence();
        if (queue.claimSleeper()) {
            Linux.futexWake(queue.index().futexWord());
        }
    }

    @Override
    public void signalAdmin() {
        VarHandle.fullFence();
        if (admin.index().isGatewaySleeping()) {
            Linux.signal(adminEventfd);
        }
    }

    @Override
    public void awaitAdmin(long timeoutNanos) {
        IndexDescriptor index = admin.index();
        index.storeSleepingVolatile(1);
        VarHandle.fullFence();
        if (!admin.hasEvents()) {
            Linux.futexWait(index.futexWord(), 1, timespec(spins.length, timeoutNanos));
        }
        index.storeSleepingVolatile(0);
    }

    @Override
    public void wakeAdmin() {
        VarHandle.fullFence();
        if (admin.index().claimSleeper()) {
            Linux.futexWake(admin.index().futexWord());
        }
    }

    @Override
    public void close() {
        super.close();
        for (int eventfd : eventfds) {
            if (eventfd >= 0) {
                Linux.close(eventfd);
            }
        }
    }
}
