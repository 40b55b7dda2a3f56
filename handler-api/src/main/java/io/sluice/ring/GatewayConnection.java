// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A connection to sluiced's Unix socket: one packet each way per request, replies by their id, file descriptors beside them. A
 * reader thread of its own sees the end of the connection, which is the end of what it leased. Requests: any thread.
 */
public final class GatewaySocket implements AutoCloseable {
    private static final int MAX_PACKET = 8192;
    private static final int MAX_FDS = Abi.MAX_QUEUES + 3;
    private static final int CALL_SECONDS = 30;
    private static final int SUN_PATH = 108;

    /**
     * A reply.
     *
     * @param body the structure behind the header
     * @param fds the receiver owns them
     */
    @SuppressWarnings("ArrayRecordComponent") // consumed once
    public record Reply(int status, MemorySegment body, int[] fds) {}

    private final int fd;
    private final String peer;
    private final Consumer<String> lost;
    private final Map<Integer, CompletableFuture<Reply>> pending = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Thread reader;
    private volatile boolean closing;
    private volatile boolean ended;

    private GatewaySocket(int fd, String peer, String name, Consumer<String> lost) {
        this.fd = fd;
        this.peer = peer;
        this.lost = lost;
        this.reader = Thread.ofPlatform().daemon().name("sluice-socket-" + name).unstarted(this::read);
    }

    /**
     * Connects and says HELLO.
     *
     * @param role one of {@code Abi.ROLE_*}
     * @param lost called once if the gateway closes the connection, on the reader thread
     * @throws IOException if nobody listens, entry is refused, or the versions do not match; the message says what to do
     */
    public static GatewaySocket connect(Path path, int role, String name, Consumer<String> lost) throws IOException {
        int fd = Linux.socket(Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
            if (bytes.length >= SUN_PATH) {
                throw new NativeException(
                        "connect " + path, 36, "a socket's path has at most " + (SUN_PATH - 1) + " bytes: shorten it");
            }
            MemorySegment address = arena.allocate(2 + SUN_PATH, 8);
            Layout.put16(address, 0, Linux.AF_UNIX);
            MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
            int errno = Linux.connect(fd, address);
            if (errno != 0) {
                throw new NativeException("connect " + path, errno, remedy(path, errno));
            }
        } catch (IOException failed) {
            Linux.close(fd);
            throw failed;
        }
        GatewaySocket socket =
                new GatewaySocket(fd, path.toString(), role == Abi.ROLE_CONTROL ? "control" : "handler", lost);
        socket.reader.start();
        try {
            socket.hello(role, name);
        } catch (IOException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
        return socket;
    }

    private static String remedy(Path path, int errno) {
        return switch (errno) {
            case 2 -> "no gateway was started with this socket: start sluiced, or run ./sluice up";
            case 13 -> {
                String group = groupOf(path);
                yield "only members of group " + group + " may: usermod -aG " + group + " "
                        + System.getProperty("user.name") + ", then log in again";
            }
            case 111 -> "the gateway that made this socket is gone: start sluiced again, or run ./sluice up";
            case 91 -> "this is a socket of another kind: give the one that sluiced was started with";
            default -> "";
        };
    }

    private static String groupOf(Path path) {
        try {
            return Files.readAttributes(path, PosixFileAttributes.class).group().getName();
        } catch (IOException | UnsupportedOperationException unreadable) {
            return "(that owns " + path + ")";
        }
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
            Linux.sendmsg(fd, MessageHeader.of(arena, packet, MemorySegment.NULL));
        }
    }

    private void read() {
        String why = "the gateway at " + peer + " closed the connection";
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packet = arena.allocate(MAX_PACKET, 8);
            MemorySegment control = arena.allocate(MessageHeader.controlBytes(MAX_FDS), 8);
            while (true) {
                MemorySegment header = MessageHeader.of(arena, packet, control);
                long received = Linux.recvmsg(fd, header);
                if (received < MessageDescriptor.SIZE) {
                    break;
                }
                deliver(packet, received, MessageHeader.descriptors(header, control));
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
        Linux.close(fd);
        if (!closing) {
            lost.accept(why);
        }
    }

    /** Closes the connection; {@code lost} is not called. */
    @Override
    public void close() {
        closing = true;
        if (!ended) {
            Linux.shutdown(fd);
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
