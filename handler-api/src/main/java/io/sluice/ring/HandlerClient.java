// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.ring.MessageDescriptor.DeviceAdd;
import io.sluice.ring.MessageDescriptor.DeviceAdded;
import io.sluice.ring.MessageDescriptor.DeviceRemove;
import io.sluice.ring.MessageDescriptor.ReservationRestore;
import io.sluice.ring.MessageDescriptor.ReservationRestored;
import io.sluice.ring.MessageDescriptor.SessionOpen;
import io.sluice.ring.MessageDescriptor.SessionOpened;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/** The role HANDLER at sluiced's socket or the module's device: a session, and the devices it serves. */
public final class HandlerClient implements AutoCloseable {
    private final GatewayConnection connection;

    private HandlerClient(GatewayConnection connection) {
        this.connection = connection;
    }

    /** Connects; {@code lost} hears of the end unless {@link #close()} brought it. */
    public static HandlerClient connect(Path path, String name, Consumer<String> lost) throws IOException {
        return new HandlerClient(GatewayConnection.connect(path, Abi.ROLE_HANDLER, name, lost));
    }

    /**
     * Opens the session and maps its regions; the transport owns them.
     *
     * @param name of the session: the next process that opens it takes over
     * @param graceNanos how long the gateway keeps its devices' commands for that one; 0: the gateway's default
     */
    @SuppressWarnings("MustBeClosedChecker") // the transport closes the arena
    public Transport openSession(String name, int queues, int depth, long poolBytes, long graceNanos)
            throws IOException {
        MemorySegment body = GatewayConnection.body(SessionOpen.SIZE);
        Layout.putText(body, SessionOpen.NAME, Abi.NAME_LEN, "session name", name);
        Layout.put32(body, SessionOpen.QUEUES, queues);
        Layout.put32(body, SessionOpen.DEPTH, depth);
        Layout.put64(body, SessionOpen.POOL_BYTES, poolBytes);
        Layout.put64(body, SessionOpen.GRACE_NS, graceNanos);
        GatewayConnection.Reply reply = connection.call(Abi.OP_SESSION_OPEN, "SESSION_OPEN", body, SessionOpened.SIZE);
        long gatewayBytes = Layout.i64(reply.body(), SessionOpened.GATEWAY_BYTES);
        long handlerBytes = Layout.i64(reply.body(), SessionOpened.HANDLER_BYTES);
        return connection.carrier() instanceof DeviceCarrier device
                ? mapDevice(device, gatewayBytes, handlerBytes)
                : mapDescriptors(reply.fds(), queues, gatewayBytes, handlerBytes);
    }

    @SuppressWarnings("MustBeClosedChecker")
    private static Transport mapDescriptors(int[] fds, int queues, long gatewayBytes, long handlerBytes)
            throws IOException {
        Arena arena = Arena.ofShared();
        int mapped = 0;
        try {
            if (fds.length != 3 + queues) {
                throw new IOException("SESSION_OPEN: " + fds.length + " file descriptors came and " + (3 + queues)
                        + " should have: is the limit of open files too low?");
            }
            MemorySegment gateway = Linux.mmap(fds[0], 0, gatewayBytes, Linux.PROT_READ, arena, "gateway region");
            MemorySegment handler =
                    Linux.mmap(fds[1], 0, handlerBytes, Linux.PROT_READ | Linux.PROT_WRITE, arena, "handler region");
            Linux.close(fds[0]);
            Linux.close(fds[1]);
            mapped = 2;
            return new SharedMemoryTransport(arena, gateway, handler, Arrays.copyOfRange(fds, 2, fds.length));
        } catch (IOException | RuntimeException failed) {
            arena.close();
            for (int i = mapped; i < fds.length; i++) {
                Linux.close(fds[i]);
            }
            throw failed;
        }
    }

    @SuppressWarnings("MustBeClosedChecker")
    private static Transport mapDevice(DeviceCarrier device, long gatewayBytes, long handlerBytes) throws IOException {
        Arena arena = Arena.ofShared();
        DeviceFile file = device.duplicate();
        try {
            MemorySegment gateway = Linux.mmap(file.fd(), 0, gatewayBytes, Linux.PROT_READ, arena, "gateway region");
            MemorySegment handler = Linux.mmap(
                    file.fd(),
                    Abi.MMAP_HANDLER,
                    handlerBytes,
                    Linux.PROT_READ | Linux.PROT_WRITE,
                    arena,
                    "handler region");
            return new ModuleTransport(arena, gateway, handler, file);
        } catch (IOException | RuntimeException failed) {
            arena.close();
            file.close();
            throw failed;
        }
    }

    /**
     * Binds a device.
     *
     * @param queue a queue's number, or {@link Abi#QUEUE_ANY}
     * @param recovery as {@code enum sluice_recovery}
     * @param timeoutNanos by {@code enum sluice_pace}, one each; 0: the gateway's default
     * @param controlMode {@code Abi.CONTROL_MODE_*}
     * @param flags {@code Abi.DEVICE_EXPLICIT_ACCESS}
     * @return its identifier, and what it comes back to
     */
    public AddedDevice addDevice(
            String name,
            int queue,
            int taskSetLimit,
            int maxTransfer,
            int peripheralType,
            int recovery,
            long[] timeoutNanos,
            int controlMode,
            int flags)
            throws IOException {
        MemorySegment body = GatewayConnection.body(DeviceAdd.SIZE);
        Layout.putText(body, DeviceAdd.NAME, Abi.NAME_LEN, "device name", name);
        Layout.put32(body, DeviceAdd.QUEUE, queue);
        Layout.put32(body, DeviceAdd.TASK_SET_LIMIT, taskSetLimit);
        Layout.put32(body, DeviceAdd.MAX_TRANSFER, maxTransfer);
        Layout.put8(body, DeviceAdd.PERIPHERAL_TYPE, peripheralType);
        Layout.put8(body, DeviceAdd.RECOVERY, recovery);
        for (int pace = 0; pace < timeoutNanos.length; pace++) {
            Layout.put64(body, DeviceAdd.TIMEOUT_NS + 8 * pace, timeoutNanos[pace]);
        }
        Layout.put32(body, DeviceAdd.CONTROL_MODE, controlMode);
        Layout.put16(body, DeviceAdd.FLAGS, flags);
        GatewayConnection.Reply reply =
                connection.call(Abi.OP_DEVICE_ADD, "DEVICE_ADD " + name, body, DeviceAdded.SIZE);
        return new AddedDevice(
                Layout.i32(reply.body(), DeviceAdded.DEVICE),
                (Layout.i32(reply.body(), DeviceAdded.FLAGS) & Abi.DEVICE_TAKEN_OVER) != 0,
                Layout.i64(reply.body(), DeviceAdded.SEQUENCE));
    }

    /** Gives back what was stored last of a device's reservations; in chunks, if it is long. */
    public RestoredReservations restoreReservations(String device, byte[] record) throws IOException {
        byte[] sent = record.length > Abi.RESERVATION_MAX ? Arrays.copyOf(record, Abi.RESERVATION_MAX) : record;
        MemorySegment reply = GatewayConnection.EMPTY;
        for (int at = 0; at < sent.length; at += Abi.RESERVATION_CHUNK) {
            int len = Math.min(Abi.RESERVATION_CHUNK, sent.length - at);
            MemorySegment body = GatewayConnection.body(ReservationRestore.SIZE);
            Layout.putText(body, ReservationRestore.NAME, Abi.NAME_LEN, "device name", device);
            Layout.put32(body, ReservationRestore.TOTAL, sent.length);
            Layout.put32(body, ReservationRestore.OFFSET, at);
            Layout.put32(body, ReservationRestore.LEN, len);
            MemorySegment.copy(MemorySegment.ofArray(sent), at, body, ReservationRestore.DATA, len);
            reply = connection
                    .call(Abi.OP_RESERVATION_RESTORE, "RESERVATION_RESTORE " + device, body, ReservationRestored.SIZE)
                    .body();
        }
        return new RestoredReservations(
                RestoredReservations.Outcome.of(Layout.i32(reply, ReservationRestored.OUTCOME)),
                Layout.i32(reply, ReservationRestored.REGISTRATIONS),
                Layout.text(reply, ReservationRestored.WHY, ReservationRestored.SIZE - ReservationRestored.WHY));
    }

    /** Unbinds a device; the gateway answers once its commands have ended. */
    public void removeDevice(int device) throws IOException {
        MemorySegment body = GatewayConnection.body(DeviceRemove.SIZE);
        Layout.put32(body, DeviceRemove.DEVICE, device);
        connection.call(Abi.OP_DEVICE_REMOVE, "DEVICE_REMOVE " + device, body, 0);
    }

    /** From now on the gateway hands nothing over; it keeps the devices' commands for the process that takes over. */
    public void quiesce() throws IOException {
        connection.call(Abi.OP_SESSION_QUIESCE, "SESSION_QUIESCE", GatewayConnection.EMPTY, 0);
    }

    @Override
    public void close() {
        connection.close();
    }
}
