// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A connection to a gateway: one packet each way per request, replies by their id, file descriptors beside them. A reader
 * thread of its own sees the end of the connection, which is the end of what it leased. Requests: any thread.
 */
public final class GatewayConnection implements AutoCloseable {
    private static final int MAX_PACKET = 8192;
    private static final int CALL_SECONDS = 30;

    /**
     * A reply.
     *
     * @param body the structure behind the header
     * @param fds the receiver owns them
     */
    @SuppressWarnings("ArrayRecordComponent") // consumed once
    public record Reply(int status, MemorySegment body, int[] fds) {}

    private final PacketCarrier carrier;
    private final String peer;
    private final Consumer<String> lost;
    private final Map<Integer, CompletableFuture<Reply>> pending = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Thread reader;
    private volatile boolean closing;
    private volatile boolean ended;

    private GatewayConnection(PacketCarrier carrier, String peer, String name, Consumer<String> lost) {
        this.carrier = carrier;
        this.peer = peer;
        this.lost = lost;
        this.reader = Thread.ofPlatform().daemon().name("sluice-reader-" + name).unstarted(this::read);
    }

    /**
     * Connects and says HELLO.
     *
     * @param path sluiced's Unix socket, or the module's device
     * @param role one of {@code Abi.ROLE_*}
     * @param lost called once if the gateway ends the connection, on the reader thread
     * @throws IOException if nobody listens, entry is refused, or the versions do not match; the message says what to do
     */
    public static GatewayConnection connect(Path path, int role, String name, Consumer<String> lost)
            throws IOException {
        PacketCarrier carrier = DeviceCarrier.isDevice(path) ? DeviceCarrier.open(path) : SocketCarrier.connect(path);
        GatewayConnection connection =
                new GatewayConnection(carrier, path.toString(), role == Abi.ROLE_CONTROL ? "control" : "handler", lost);
        connection.reader.start();
        try {
            connection.hello(role, name);
        } catch (IOException | RuntimeException failed) {
            connection.close();
            throw failed;
        }
        return connection;
    }

    /** Over a carrier that is open already, before HELLO; for tests. */
    static GatewayConnection over(PacketCarrier carrier, int role, Consumer<String> lost) throws IOException {
        GatewayConnection connection = new GatewayConnection(carrier, "a test", "test", lost);
        connection.reader.start();
        connection.hello(role, "test");
        return connection;
    }

    /** What carries the packets: for who maps what a session shares. */
    PacketCarrier carrier() {
        return carrier;
    }

    private void hello(int role, String name) throws IOException {
        MemorySegment body = body(MessageDescriptor.Hello.SIZE);
        Layout.put64(body, MessageDescriptor.Hello.MAGIC, Abi.MAGIC);
        Layout.put32(body, MessageDescriptor.Hello.ABI_VERSION, Abi.VERSION);
        Layout.put32(body, MessageDescriptor.Hello.ROLE, role);
        Layout.putText(body, MessageDescriptor.Hello.NAME, Abi.NAME_LEN, "name", name);
        Reply reply = call(Abi.OP_HELLO, "HELLO", body, MessageDescriptor.Hello.SIZE);
        int version = Layout.i32(reply.body(), MessageDescriptor.Hello.ABI_VERSION);
        if (version >>> 16 != Abi.VERSION >>> 16) {
            throw new NativeException(
                    "gateway at " + peer + " speaks ABI " + Abi.versionText(version),
                    71,
                    "this handler speaks ABI " + Abi.versionText(Abi.VERSION) + ": install both from one release");
        }
    }

    /** The body of a request that has none. */
    public static final MemorySegment EMPTY = Arena.global().allocate(8, 8).asSlice(0, 0);

    /** A zeroed structure to fill. */
    public static MemorySegment body(long bytes) {
        return Arena.ofAuto().allocate(bytes, 8);
    }

    /**
     * Sends a request and waits for its reply.
     *
     * @param name for messages
     * @param replyBytes the least that the reply must have
     * @throws GatewayException if the gateway refuses
     */
    public Reply call(int op, String name, MemorySegment body, long replyBytes) throws IOException {
        int id = ids.incrementAndGet();
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        pending.put(id, answer);
        try {
            if (ended) {
                throw new IOException(name + ": the connection to the gateway at " + peer + " is closed");
            }
            send(op, id, body);
            Reply reply = answer.get(CALL_SECONDS, TimeUnit.SECONDS);
            if (reply.status() < 0) {
                int length = (int) Math.min(reply.body().byteSize(), MessageDescriptor.ERROR_TEXT);
                throw new GatewayException(name, -reply.status(), Layout.text(reply.body(), 0, length));
            }
            if (reply.body().byteSize() < replyBytes) {
                throw new IOException(name + ": the reply has " + reply.body().byteSize() + " bytes and should have "
                        + replyBytes + ": install gateway and handler from one release");
            }
            return reply;
        } catch (ExecutionException failed) {
            throw new IOException(name + ": " + failed.getMessage(), failed);
        } catch (TimeoutException late) {
            throw new IOException(
                    name + ": the gateway at " + peer + " has not answered for " + CALL_SECONDS + " s: is it stopped?",
                    late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(name + ": interrupted", interrupted);
        } finally {
            pending.remove(id);
        }
    }

    private void send(int op, int id, MemorySegment body) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long length = body.byteSize();
            MemorySegment packet = arena.allocate(MessageDescriptor.SIZE + length, 8);
            Layout.put32(packet, MessageDescriptor.OP, op);
            Layout.put32(packet, MessageDescriptor.ID, id);
            Layout.put32(packet, MessageDescriptor.LEN, (int) length);
            MemorySegment.copy(body, 0, packet, MessageDescriptor.SIZE, length);
            carrier.send(packet);
        }
    }

    private void read() {
        String why = "the gateway at " + peer + " closed the connection";
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packet = arena.allocate(MAX_PACKET, 8);
            while (true) {
                PacketCarrier.Received received = carrier.receive(packet);
                if (received.bytes() < MessageDescriptor.SIZE) {
                    break;
                }
                deliver(packet, received.bytes(), received.fds());
            }
        } catch (IOException | RuntimeException failed) {
            why = String.valueOf(failed.getMessage());
        }
        end(why);
    }

    private void deliver(MemorySegment packet, long received, int[] fds) {
        long length = Math.min(Layout.u32(packet, MessageDescriptor.LEN), received - MessageDescriptor.SIZE);
        MemorySegment body = Arena.ofAuto().allocate(Math.max(8, length), 8).asSlice(0, length);
        MemorySegment.copy(packet, MessageDescriptor.SIZE, body, 0, length);
        CompletableFuture<Reply> answer = pending.remove(Layout.i32(packet, MessageDescriptor.ID));
        if (answer == null || !answer.complete(new Reply(Layout.i32(packet, MessageDescriptor.STATUS), body, fds))) {
            for (int unwanted : fds) {
                Linux.close(unwanted);
            }
        }
    }

    private void end(String why) {
        ended = true;
        pending.values().forEach(answer -> answer.completeExceptionally(new IOException(why)));
        carrier.close();
        if (!closing) {
            lost.accept(why);
        }
    }

    /** Closes the connection; {@code lost} is not called. */
    @Override
    public void close() {
        closing = true;
        if (!ended) {
            carrier.interrupt();
        }
        if (Thread.currentThread() != reader) {
            try {
                reader.join(5000);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
