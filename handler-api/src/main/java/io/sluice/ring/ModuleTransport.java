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
public final class ModuleTransport extends MappedTransport {
    /** After a refusal, so that a loop that goes on does not keep a processor busy until somebody ends it. */
    private static final long REFUSED_NANOS = 1_000_000L;

    private final RingCalls device;
    private final MemorySegment enters; // one per queue, then one to wait for events and one to give requests
    private final long entersAddress;
    private final int adminSlot;

    /**
     * Over regions that are mapped already.
     *
     * @param arena owns the regions; closed by {@link #close()}
     * @param device closed by {@link #close()}
     * @throws NativeException if the control page is not of this ABI
     */
    ModuleTransport(Arena arena, MemorySegment gateway, MemorySegment handler, RingCalls device)
            throws NativeException {
        super(arena, gateway, handler);
        this.device = device;
        int count = control().queues();
        adminSlot = count;
        enters = arena.allocate((long) (count + 2) * Abi.CACHE_LINE, Abi.CACHE_LINE);
        entersAddress = enters.address();
        for (int i = 0; i < count; i++) {
            Layout.put32(enters, (long) i * Abi.CACHE_LINE + EnterDescriptor.QUEUE, i);
        }
        for (int i = count; i < count + 2; i++) {
            Layout.put32(enters, (long) i * Abi.CACHE_LINE + EnterDescriptor.QUEUE, Abi.ENTER_ADMIN);
        }
    }

    @Override
    @HotPath
    public int enter(RingQueue queue, int min, int max, long timeoutNanos, LocalWork local) {
        WaitStatistics statistic = statistics(queue);
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
        enter(adminSlot + 1, admin.index().loadSubConsumerAcquire(), 0);
    }

    @Override
    public void awaitAdmin(long timeoutNanos) {
        if (enter(adminSlot, admin.index().loadSubConsumerAcquire(), timeoutNanos) < 0) {
            LockSupport.parkNanos(REFUSED_NANOS);
        }
    }

    @Override
    public void wakeAdmin() {
        device.wake(Abi.ENTER_ADMIN);
    }

    @Override
    public void close() {
        super.close();
        device.close();
    }
}
