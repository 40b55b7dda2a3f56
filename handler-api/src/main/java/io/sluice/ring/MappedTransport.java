// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What is the same whoever the gateway is: the rings in the regions that are mapped. How to wait and to wake is the subclass's. */
abstract class MappedTransport implements Transport {
    final AdminRing admin;
    private final Arena arena;
    private final ControlDescriptor control;
    private final RingQueue[] queues;
    private final WaitStatistics[] statistics;
    private final MemorySegment pool;

    /**
     * Over regions that are mapped already.
     *
     * @param arena owns the regions; closed by {@link #close()}
     * @throws NativeException if the control page is not of this ABI
     */
    MappedTransport(Arena arena, MemorySegment gateway, MemorySegment handler) throws NativeException {
        this.arena = arena;
        control = new ControlDescriptor(gateway);
        control.verify();
        queues = new RingQueue[control.queues()];
        statistics = new WaitStatistics[queues.length];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new RingQueue(control, gateway, handler, i);
            statistics[i] = new WaitStatistics();
        }
        admin = new AdminRing(control, gateway, handler);
        pool = handler.asSlice(control.pool(), control.poolBytes());
    }

    @Override
    public final ControlDescriptor control() {
        return control;
    }

    @Override
    public final RingQueue queue(int number) {
        return queues[number];
    }

    @Override
    public final AdminRing admin() {
        return admin;
    }

    @Override
    public final MemorySegment pool() {
        return pool;
    }

    @Override
    public final WaitStatistics statistics(RingQueue queue) {
        return statistics[queue.number()];
    }

    /** Unmaps. */
    @Override
    public void close() {
        arena.close();
    }
}
