// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.MemorySegment;

/** The handler's end of the admin ring. Its owner locks: one thread at a time reads events, one at a time sends requests. */
public final class AdminRing {
    /** Takes one event; every argument is of {@code struct sluice_event}. */
    @FunctionalInterface
    public interface EventHandler {
        void event(AdminRing.Event event);
    }

    /**
     * An event, copied.
     *
     * @param type one of {@code Abi.EVENT_*}
     */
    public record Event(
            int type,
            int device,
            int nexus,
            int function,
            int queue,
            int tag,
            int generation,
            String initiatorPort,
            String targetPort) {}

    private final MemorySegment gateway;
    private final MemorySegment handler;
    private final IndexDescriptor index;
    private final int depth;
    private final long events;
    private final long requests;
    private int consumer;
    private int producer;

    AdminRing(ControlDescriptor control, MemorySegment gateway, MemorySegment handler) {
        this.gateway = gateway;
        this.handler = handler;
        depth = control.adminDepth();
        index = new IndexDescriptor(gateway, control.gatewayAdmin(), handler, control.userAdmin());
        events = control.events();
        requests = control.requests();
        consumer = index.loadSubConsumerAcquire();
        producer = index.loadCompProducerAcquire();
    }

    /** Events wait that no {@link #drain} has handled to the end. Any thread. */
    public boolean hasEvents() {
        return index.loadSubProducerAcquire() != index.loadSubConsumerAcquire();
    }

    /** Hands over the events that are there, in order; a slot is given back after its event was handled. */
    public int drain(EventHandler sink) {
        int end = index.loadSubProducerAcquire();
        int count = 0;
        while (consumer != end) {
            sink.event(read(consumer));
            consumer++;
            index.storeSubConsumerRelease(consumer);
            count++;
        }
        return count;
    }

    private Event read(int at) {
        long slot = events + (long) (at & (depth - 1)) * AdminDescriptor.EVENT_SIZE;
        return new Event(
                Layout.i32(gateway, slot + AdminDescriptor.EVENT_TYPE),
                Layout.i32(gateway, slot + AdminDescriptor.EVENT_DEVICE),
                Layout.i32(gateway, slot + AdminDescriptor.EVENT_NEXUS),
                Layout.i32(gateway, slot + AdminDescriptor.EVENT_FUNCTION),
                Layout.i32(gateway, slot + AdminDescriptor.EVENT_QUEUE),
                Layout.i32(gateway, slot + AdminDescriptor.EVENT_TAG),
                Layout.i32(gateway, slot + AdminDescriptor.EVENT_GENERATION),
                Layout.text(gateway, slot + AdminDescriptor.EVENT_INITIATOR_PORT, Abi.PORT_NAME_LEN),
                Layout.text(gateway, slot + AdminDescriptor.EVENT_TARGET_PORT, Abi.PORT_NAME_LEN));
    }

    /** Room for a request. */
    public boolean hasRoom() {
        return producer - index.loadCompConsumerAcquire() < depth;
    }

    /** Sends a UNIT ATTENTION request. Only if {@link #hasRoom()}; visible when this returns. */
    public void unitAttention(int device, int nexus, int scope, int asc, int ascq) {
        long slot = begin(Abi.REQUEST_UNIT_ATTENTION, device, nexus);
        Layout.put8(handler, slot + AdminDescriptor.REQUEST_SCOPE, scope);
        Layout.put8(handler, slot + AdminDescriptor.REQUEST_ASC, asc);
        Layout.put8(handler, slot + AdminDescriptor.REQUEST_ASCQ, ascq);
        index.storeCompProducerRelease(++producer);
    }

    /** Sends a CONTROL MODE request. Only if {@link #hasRoom()}; visible when this returns. */
    public void controlMode(int device, int mode) {
        long slot = begin(Abi.REQUEST_CONTROL_MODE, device, 0);
        Layout.put32(handler, slot + AdminDescriptor.REQUEST_CONTROL_MODE, mode);
        index.storeCompProducerRelease(++producer);
    }

    private long begin(int type, int device, int nexus) {
        long slot = requests + (long) (producer & (depth - 1)) * AdminDescriptor.REQUEST_SIZE;
        handler.asSlice(slot, AdminDescriptor.REQUEST_SIZE).fill((byte) 0);
        Layout.put32(handler, slot + AdminDescriptor.REQUEST_TYPE, type);
        Layout.put32(handler, slot + AdminDescriptor.REQUEST_DEVICE, device);
        Layout.put32(handler, slot + AdminDescriptor.REQUEST_NEXUS, nexus);
        return slot;
    }

    IndexDescriptor index() {
        return index;
    }
}
