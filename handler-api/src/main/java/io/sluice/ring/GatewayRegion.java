// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The gateway's side of one session in plain memory: what sluiced does in C, small and for tests. It lays out both regions,
 * publishes commands and reaps completions. Guarded by its user, one thread at a time; the handler's side runs against
 * {@link #transport()} as it would against the daemon.
 */
@SuppressWarnings({"ArrayRecordComponent", "MustBeClosedChecker"}) // copies for tests; the transport owns the arena
public final class GatewayRegion {
    /** What to put into a descriptor. */
    public record Command(
            int device,
            int nexus,
            long sequence,
            int flags,
            int attribute,
            int direction,
            byte[] cdb,
            long bufferOffset,
            int bufferLength,
            int expectedLength,
            int dataOutLength) {}

    /** A completion with its sense data, copied. */
    public record Completion(int tag, int generation, int status, int dataLength, byte[] sense) {}

    /** A request of the admin ring, copied. */
    public record Request(int type, int device, int nexus, int scope, int asc, int ascq, int controlMode) {}

    private final ControlDescriptor control;
    private final MemorySegment gateway;
    private final MemorySegment handler;
    private final Transport transport;
    private final IndexDescriptor[] queueIndex;
    private final int[] subProducer;
    private final int[] compConsumer;
    private final IndexDescriptor adminIndex;
    private int eventProducer;
    private int requestConsumer;

    /** Makes the handler's end. */
    @FunctionalInterface
    interface TransportMaker {
        Transport make(Arena arena, MemorySegment gateway, MemorySegment handler) throws NativeException;
    }

    /**
     * Lays out a session, for a handler that waits as for sluiced.
     *
     * @param depth tags per queue, a power of two
     */
    public GatewayRegion(int queues, int depth, long poolBytes) throws NativeException {
        this(
                queues,
                depth,
                poolBytes,
                (arena, gateway, handler) -> new SharedMemoryTransport(arena, gateway, handler, eventfds(queues + 1)));
    }

    private static int[] eventfds(int count) throws NativeException {
        int[] eventfds = new int[count];
        for (int i = 0; i < count; i++) {
            eventfds[i] = Linux.eventfd();
        }
        return eventfds;
    }

    /** The same with another transport. */
    GatewayRegion(int queues, int depth, long poolBytes, TransportMaker maker) throws NativeException {
        int adminDepth = 64;
        long gwQueue = align(IndexDescriptor.SIZE + 4L * depth, 128);
        long gwCdbs = gwQueue + (long) depth * CommandDescriptor.SIZE;
        long gwStride = align(gwCdbs + (long) depth * CDB_EXT_STRIDE, Abi.PAGE);
        long gwAdmin = Abi.PAGE + queues * gwStride;
        long events = gwAdmin + align(IndexDescriptor.SIZE, 64);
        long gatewayBytes = align(events + (long) adminDepth * AdminDescriptor.EVENT_SIZE, Abi.PAGE);
        long userComp = align(IndexDescriptor.SIZE, 128);
        long userResp = userComp + (long) depth * CompletionDescriptor.SIZE;
        long userStride = align(userResp + (long) depth * CompletionDescriptor.RESPONSE_SIZE, Abi.PAGE);
        long userAdmin = queues * userStride;
        long requests = userAdmin + align(IndexDescriptor.SIZE, 64);
        long pool = align(requests + (long) adminDepth * AdminDescriptor.REQUEST_SIZE, Abi.PAGE);
        Arena arena = Arena.ofShared();
        gateway = arena.allocate(gatewayBytes, Abi.PAGE);
        handler = arena.allocate(pool + poolBytes, Abi.PAGE);
        Layout.put64(gateway, ControlDescriptor.MAGIC, Abi.MAGIC);
        Layout.put32(gateway, ControlDescriptor.ABI_VERSION, Abi.VERSION);
        Layout.put32(gateway, ControlDescriptor.STATE, Abi.SESSION_ACTIVE);
        Layout.put32(gateway, ControlDescriptor.SESSION, 1);
        Layout.put32(gateway, ControlDescriptor.EPOCH, 1);
        Layout.put32(gateway, ControlDescriptor.QUEUES, queues);
        Layout.put32(gateway, ControlDescriptor.DEPTH, depth);
        Layout.put32(gateway, ControlDescriptor.ADMIN_DEPTH, adminDepth);
        Layout.put32(gateway, ControlDescriptor.MAX_BUFFER, Abi.MAX_BUFFER);
        Layout.put64(gateway, ControlDescriptor.GATEWAY_BYTES, gatewayBytes);
        Layout.put64(gateway, ControlDescriptor.HANDLER_BYTES, pool + poolBytes);
        Layout.put64(gateway, ControlDescriptor.GW_QUEUE_OFF, Abi.PAGE);
        Layout.put64(gateway, ControlDescriptor.GW_QUEUE_STRIDE, gwStride);
        Layout.put32(gateway, ControlDescriptor.GW_RING_OFF, IndexDescriptor.SIZE);
        Layout.put32(gateway, ControlDescriptor.GW_DESC_OFF, (int) gwQueue);
        Layout.put64(gateway, ControlDescriptor.GW_ADMIN_OFF, gwAdmin);
        Layout.put64(gateway, ControlDescriptor.GW_EVENT_OFF, events);
        Layout.put64(gateway, ControlDescriptor.USER_QUEUE_STRIDE, userStride);
        Layout.put32(gateway, ControlDescriptor.USER_COMP_OFF, (int) userComp);
        Layout.put32(gateway, ControlDescriptor.USER_RESP_OFF, (int) userResp);
        Layout.put64(gateway, ControlDescriptor.USER_ADMIN_OFF, userAdmin);
        Layout.put64(gateway, ControlDescriptor.USER_REQUEST_OFF, requests);
        Layout.put64(gateway, ControlDescriptor.POOL_OFF, pool);
        Layout.put64(gateway, ControlDescriptor.POOL_BYTES, poolBytes);
        control = new ControlDescriptor(gateway);
        transport = maker.make(arena, gateway, handler);
        queueIndex = new IndexDescriptor[queues];
        subProducer = new int[queues];
        compConsumer = new int[queues];
        for (int q = 0; q < queues; q++) {
            queueIndex[q] = new IndexDescriptor(gateway, control.gatewayQueue(q), handler, control.userQueue(q));
        }
        adminIndex = new IndexDescriptor(gateway, gwAdmin, handler, userAdmin);
        cdbOffset = gwCdbs;
    }

    private static final int CDB_EXT_STRIDE = 264;
    private final long cdbOffset;

    private static long align(long value, long to) {
        return (value + to - 1) / to * to;
    }

    public Transport transport() {
        return transport;
    }

    public MemorySegment pool() {
        return transport.pool();
    }

    public int depth() {
        return control.depth();
    }

    /** Changes the session's state: {@code Abi.SESSION_*}. */
    public void state(int state) {
        Layout.storeRelease(gateway, ControlDescriptor.STATE, state);
        transport.wakeAdmin(); // the last touch: the handler may unmap from here on
    }

    /** Fills a descriptor and publishes its tag; the doorbell is rung if the handler sleeps. */
    public void submit(int queue, int tag, int generation, Command command) {
        fill(queue, tag, generation, command);
        submitAgain(queue, tag, generation);
    }

    /** Publishes a descriptor that {@link #fill} filled earlier, with a new generation. Allocates nothing. */
    public void submitAgain(int queue, int tag, int generation) {
        long at = control.descriptors(queue) + (long) tag * CommandDescriptor.SIZE;
        Layout.put32(gateway, at + CommandDescriptor.GENERATION, generation);
        long slot = control.submissionRing(queue) + 4L * (subProducer[queue] & (control.depth() - 1));
        Layout.put32(gateway, slot, tag);
        queueIndex[queue].storeSubProducerRelease(++subProducer[queue]);
        transport.wake(transport.queue(queue));
    }

    /** Fills a descriptor without publishing it. */
    public void fill(int queue, int tag, int generation, Command command) {
        long at = control.descriptors(queue) + (long) tag * CommandDescriptor.SIZE;
        gateway.asSlice(at, CommandDescriptor.SIZE).fill((byte) 0);
        Layout.put32(gateway, at + CommandDescriptor.TAG, tag);
        Layout.put32(gateway, at + CommandDescriptor.GENERATION, generation);
        Layout.put32(gateway, at + CommandDescriptor.DEVICE, command.device());
        Layout.put32(gateway, at + CommandDescriptor.NEXUS, command.nexus());
        Layout.put64(gateway, at + CommandDescriptor.SEQUENCE, command.sequence());
        Layout.put16(gateway, at + CommandDescriptor.FLAGS, command.flags());
        Layout.put8(gateway, at + CommandDescriptor.ATTRIBUTE, command.attribute());
        Layout.put8(gateway, at + CommandDescriptor.DIRECTION, command.direction());
        Layout.put16(gateway, at + CommandDescriptor.CDB_LEN, command.cdb().length);
        Layout.put64(gateway, at + CommandDescriptor.BUF_OFF, command.bufferOffset());
        Layout.put32(gateway, at + CommandDescriptor.BUF_LEN, command.bufferLength());
        Layout.put32(gateway, at + CommandDescriptor.EXPECTED_LEN, command.expectedLength());
        Layout.put32(gateway, at + CommandDescriptor.DATA_OUT_LEN, command.dataOutLength());
        byte[] cdb = command.cdb();
        int head = Math.min(cdb.length, Abi.CDB_INLINE);
        MemorySegment.copy(cdb, 0, gateway, ValueLayout.JAVA_BYTE, at + CommandDescriptor.CDB, head);
        if (cdb.length > Abi.CDB_INLINE) {
            long whole = control.gatewayQueue(queue) + cdbOffset + (long) tag * CDB_EXT_STRIDE;
            MemorySegment.copy(cdb, 0, gateway, ValueLayout.JAVA_BYTE, whole, cdb.length);
            Layout.put64(gateway, at + CommandDescriptor.CDB_EXT_OFF, whole);
        }
    }

    /** Completions that wait. */
    public int pending(int queue) {
        return queueIndex[queue].loadCompProducerAcquire() - compConsumer[queue];
    }

    /** Drops {@code count} completions unseen, for tests that only count. Allocates nothing. */
    public void discard(int queue, int count) {
        compConsumer[queue] += count;
        queueIndex[queue].storeCompConsumerRelease(compConsumer[queue]);
    }

    /** The tag of the completion that waits first. */
    public int peekTag(int queue) {
        long slot = control.completionRing(queue)
                + (long) (compConsumer[queue] & (control.depth() - 1)) * CompletionDescriptor.SIZE;
        return Layout.i32(handler, slot + CompletionDescriptor.TAG);
    }

    /** Copies the completion that waits first. */
    public Completion reap(int queue) {
        long slot = control.completionRing(queue)
                + (long) (compConsumer[queue] & (control.depth() - 1)) * CompletionDescriptor.SIZE;
        int tag = Layout.i32(handler, slot + CompletionDescriptor.TAG);
        int senseLength = Layout.u16(handler, slot + CompletionDescriptor.SENSE_LEN);
        long sense = control.responses(queue) + (long) tag * CompletionDescriptor.RESPONSE_SIZE;
        Completion completion = new Completion(
                tag,
                Layout.i32(handler, slot + CompletionDescriptor.GENERATION),
                Layout.u8(handler, slot + CompletionDescriptor.STATUS),
                Layout.i32(handler, slot + CompletionDescriptor.DATA_LEN),
                handler.asSlice(sense, senseLength).toArray(ValueLayout.JAVA_BYTE));
        discard(queue, 1);
        return completion;
    }

    /** Sends an event of the admin ring. */
    public void event(AdminRing.Event event) {
        long slot = control.events() + (long) (eventProducer & (control.adminDepth() - 1)) * AdminDescriptor.EVENT_SIZE;
        gateway.asSlice(slot, AdminDescriptor.EVENT_SIZE).fill((byte) 0);
        Layout.put32(gateway, slot + AdminDescriptor.EVENT_TYPE, event.type());
        Layout.put32(gateway, slot + AdminDescriptor.EVENT_DEVICE, event.device());
        Layout.put32(gateway, slot + AdminDescriptor.EVENT_NEXUS, event.nexus());
        Layout.put32(gateway, slot + AdminDescriptor.EVENT_FUNCTION, event.function());
        Layout.put32(gateway, slot + AdminDescriptor.EVENT_QUEUE, event.queue());
        Layout.put32(gateway, slot + AdminDescriptor.EVENT_TAG, event.tag());
        Layout.put32(gateway, slot + AdminDescriptor.EVENT_GENERATION, event.generation());
        Layout.putText(
                gateway,
                slot + AdminDescriptor.EVENT_INITIATOR_PORT,
                Abi.PORT_NAME_LEN,
                "initiator port",
                event.initiatorPort());
        Layout.putText(
                gateway,
                slot + AdminDescriptor.EVENT_TARGET_PORT,
                Abi.PORT_NAME_LEN,
                "target port",
                event.targetPort());
        adminIndex.storeSubProducerRelease(++eventProducer);
        transport.wakeAdmin();
    }

    /** Requests that wait. */
    public int pendingRequests() {
        return adminIndex.loadCompProducerAcquire() - requestConsumer;
    }

    /** Events that the handler has not taken. */
    public int unreadEvents() {
        return eventProducer - adminIndex.loadSubConsumerAcquire();
    }

    /** Copies the request that waits first. */
    public Request reapRequest() {
        long slot = control.requests()
                + (long) (requestConsumer & (control.adminDepth() - 1)) * AdminDescriptor.REQUEST_SIZE;
        Request request = new Request(
                Layout.i32(handler, slot + AdminDescriptor.REQUEST_TYPE),
                Layout.i32(handler, slot + AdminDescriptor.REQUEST_DEVICE),
                Layout.i32(handler, slot + AdminDescriptor.REQUEST_NEXUS),
                Layout.u8(handler, slot + AdminDescriptor.REQUEST_SCOPE),
                Layout.u8(handler, slot + AdminDescriptor.REQUEST_ASC),
                Layout.u8(handler, slot + AdminDescriptor.REQUEST_ASCQ),
                Layout.i32(handler, slot + AdminDescriptor.REQUEST_CONTROL_MODE));
        adminIndex.storeCompConsumerRelease(++requestConsumer);
        return request;
    }
}
