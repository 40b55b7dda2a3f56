// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The transport of sluice.ko: one ioctl takes the answers, gives commands, and sleeps when there are none. It is left out when
 * there is nothing to give and something to take. It never spins: commands come from this machine's own threads, and who spins
 * keeps them from sending any.
 */
public final class ModuleTransport implements Transport {
    /** After a refusal, so that a loop that goes on does not keep a processor busy until somebody ends it. */
    private static final long REFUSED_NANOS = 1_000_000L;

    private final Arena arena;
    private final RingCalls device;
    private final ControlDescriptor control;
    private final RingQueue[] queues;
    private final WaitStatistics[] statistics;
    private final AdminRing admin;
    private final MemorySegment pool;
    private final MemorySegment enters; // one per queue, then one to wait for events and one to give requests
    private final long entersAddress;

    /**
     * Over regions that are mapped already.
     *
     * @param arena owns the regions; closed by {@link #close()}
     * @param device closed by {@link #close()}
     * @throws NativeException if the control page is not of this ABI
     */
    ModuleTransport(Arena arena, MemorySegment gateway, MemorySegment handler, RingCalls device)
            throws NativeException {
        this.arena = arena;
        this.device = device;
        this.control = new ControlDescriptor(gateway);
        control.verify();
        int count = control.queues();
        queues = new RingQueue[count];
        statistics = new WaitStatistics[count];
        enters = arena.allocate((long) (count + 2) * Abi.CACHE_LINE, Abi.CACHE_LINE);
        entersAddress = enters.address();
        for (int i = 0; i < count; i++) {
            queues[i] = new RingQueue(control, gateway, handler, i);
            statistics[i] = new WaitStatistics();
            Layout.put32(enters, (long) i * Abi.CACHE_LINE + EnterDescriptor.QUEUE, i);
        }
        for (int i = count; i < count + 2; i++) {
            Layout.put32(enters, (long) i * Abi.CACHE_LINE + EnterDescriptor.QUEUE, Abi.ENTER_ADMIN);
        }
        admin = new AdminRing(control, gateway, handler);
        pool = handler.asSlice(control.pool(), control.poolBytes());
    }

    @Override
    public ControlDescriptor control() {
        return control;
    }

    @Override
    public RingQueue queue(int number) {
        return queues[number];
    }

    @Override
    public AdminRing admin() {
        return admin;
    }

    @Override
    public MemorySegment pool() {
        return pool;
    }

    @Override
    public WaitStatistics statistics(RingQueue queue) {
        return statistics[queue.number()];
    }

    @Override
    @HotPath
    public int enter(RingQueue queue, int min, int max, long timeoutNanos, LocalWork local) {
        WaitStatistics statistic = statistics[queue.number()];
        statistic.entered();
        int published = queue.publish();
        if (queue.available() >= min || timeoutNanos == 0) {
            if (published != 0) {
                statistic.woke();
                call(queue, 0);
            }
            return Math.min(queue.available(), max);
        }
        IndexDescriptor index = queue.index();
        index.storeSleepingVolatile(1);
        // Pairs with the fence of wake(): it publishes before it looks at the flag.
        VarHandle.fullFence();
        boolean pending = local.isPending();
        if (published != 0 || !pending) {
            statistic.slept();
            queue.clock().stale();
            call(queue, pending ? 0 : timeoutNanos);
        }
        index.storeSleepingVolatile(0);
        return Math.min(queue.available(), max);
    }

    @HotPath
    private void call(RingQueue queue, long timeoutNanos) {
        if (enter(queue.number(), queue.consumer(), timeoutNanos) < 0) {
            LockSupport.parkNanos(REFUSED_NANOS);
        }
    }

    @HotPath
    private int enter(int slot, int consumer, long timeoutNanos) {
        long offset = (long) slot * Abi.CACHE_LINE;
        Layout.put32(enters, offset + EnterDescriptor.CONSUMER, consumer);
        Layout.put64(enters, offset + EnterDescriptor.TIMEOUT_NS, timeoutNanos);
        return device.enter(entersAddress + offset);
    }

    @Override
    @HotPath
    public void wake(RingQueue queue) {
        VarHandle.fullFence();
        if (queue.claimSleeper()) {
            device.wake(queue.number());
        }
    }

    /** Requests are taken in this call, on this thread. */
    @Override
    public void signalAdmin() {
        enter(queues.length + 1, admin.index().loadSubConsumerAcquire(), 0);
    }

    @Override
    public void awaitAdmin(long timeoutNanos) {
        if (enter(queues.length, admin.index().loadSubConsumerAcquire(), timeoutNanos) < 0) {
            LockSupport.parkNanos(REFUSED_NANOS);
        }
    }

    @Override
    public void wakeAdmin() {
        device.wake(Abi.ENTER_ADMIN);
    }

    @Override
    public void close() {
        arena.close();
        device.close();
    }
}
