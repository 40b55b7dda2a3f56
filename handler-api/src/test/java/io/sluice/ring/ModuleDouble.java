// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The module's device in this process, over a {@link GatewayRegion}: enter and wake as abi.h section 5 has them. It allocates
 * nothing. The last of its queues is the admin ring.
 */
@SuppressWarnings("restricted")
public final class ModuleDouble implements RingCalls {
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final IndexDescriptor[] rings;
    private final AtomicReferenceArray<Thread> inside;
    private final AtomicIntegerArray woken;
    final AtomicInteger enters = new AtomicInteger();
    final AtomicInteger sleeps = new AtomicInteger();
    final AtomicInteger wakes = new AtomicInteger();
    volatile boolean broken;
    volatile boolean closed;

    private ModuleDouble(MemorySegment gateway, MemorySegment handler) {
        ControlDescriptor control = new ControlDescriptor(gateway);
        int queues = control.queues();
        rings = new IndexDescriptor[queues + 1];
        for (int i = 0; i < queues; i++) {
            rings[i] = new IndexDescriptor(gateway, control.gatewayQueue(i), handler, control.userQueue(i));
        }
        rings[queues] = new IndexDescriptor(gateway, control.gatewayAdmin(), handler, control.userAdmin());
        inside = new AtomicReferenceArray<>(queues + 1);
        woken = new AtomicIntegerArray(queues + 1);
    }

    /** A session whose handler waits in the module. */
    public static GatewayRegion region(int queues, int depth, long poolBytes) throws NativeException {
        return new GatewayRegion(queues, depth, poolBytes, ModuleDouble::transport);
    }

    private static Transport transport(Arena arena, MemorySegment gateway, MemorySegment handler)
            throws NativeException {
        return new ModuleTransport(arena, gateway, handler, new ModuleDouble(gateway, handler));
    }

    /** The same, and its double. */
    static GatewayRegion region(int queues, int depth, ModuleDouble[] made) throws NativeException {
        return new GatewayRegion(queues, depth, 16L << 20, (arena, gateway, handler) -> {
            made[0] = new ModuleDouble(gateway, handler);
            return new ModuleTransport(arena, gateway, handler, made[0]);
        });
    }

    private int ring(int queue) {
        return queue == Abi.ENTER_ADMIN ? rings.length - 1 : queue;
    }

    @Override
    public int enter(long enter) {
        enters.incrementAndGet();
        int ring = ring(MEMORY.get(ValueLayout.JAVA_INT, enter + EnterDescriptor.QUEUE));
        int consumer = MEMORY.get(ValueLayout.JAVA_INT, enter + EnterDescriptor.CONSUMER);
        long timeout = MEMORY.get(ValueLayout.JAVA_LONG, enter + EnterDescriptor.TIMEOUT_NS);
        IndexDescriptor index = rings[ring];
        if (broken) {
            return -1;
        }
        if (timeout != 0 && index.loadSubProducerAcquire() == consumer) {
            if (!inside.compareAndSet(ring, null, Thread.currentThread())) {
                return -1;
            }
            sleep(ring, consumer, System.nanoTime() + timeout);
            inside.set(ring, null);
        }
        return index.loadSubProducerAcquire() - consumer;
    }

    private void sleep(int ring, int consumer, long deadline) {
        sleeps.incrementAndGet();
        IndexDescriptor index = rings[ring];
        while (true) {
            index.storeSleepingVolatile(1);
            VarHandle.fullFence();
            long left = deadline - System.nanoTime();
            if (woken.get(ring) != 0 || index.loadSubProducerAcquire() != consumer || left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
        }
        index.storeSleepingVolatile(0);
        woken.set(ring, 0);
    }

    @Override
    public void wake(int queue) {
        wakes.incrementAndGet();
        int ring = ring(queue);
        woken.set(ring, 1);
        LockSupport.unpark(inside.get(ring));
    }

    @Override
    public void close() {
        closed = true;
    }
}
