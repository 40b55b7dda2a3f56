// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@link AdminProtocol} requests. Who may open the socket may ask: the directory around it and its mode (0600) keep
 * everybody but its owner out.
 */
final class AdminServer implements AutoCloseable {
    /** Answers one request; an {@link AdminException} becomes an error reply. */
    interface Service {
        ObjectNode answer(JsonNode request) throws AdminException, IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private static final long ANSWER_PATIENCE_NANOS = 2_000_000_000L;

    private final Path socket;
    private final ServerSocketChannel channel;
    private final Service service;
    private final AtomicInteger answering = new AtomicInteger();

    private AdminServer(Path socket, ServerSocketChannel channel, Service service) {
        this.socket = socket;
        this.channel = channel;
        this.service = service;
    }

    /** Listens; replaces a socket file that a killed daemon left. */
    static AdminServer open(Path socket, Service service) throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            channel.close();
            throw new IOException(
                    "admin socket " + socket + ": " + e.getMessage() + ": check permissions of its directory", e);
        }
        AdminServer server = new AdminServer(socket, channel, service);
        Thread.ofPlatform().daemon().name("sluice-admin").start(server::accept);
        return server;
    }

    Path socket() {
        return socket;
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                SocketChannel connection = channel.accept();
                Thread.ofVirtual().name("sluice-admin-request").start(() -> serve(connection));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn("admin socket {}: {}", socket, e.getMessage());
            }
        }
    }

    private void serve(SocketChannel connection) {
        answering.incrementAndGet();
        try (connection) {
            AdminProtocol.write(connection, answer(readLine(connection)));
        } catch (IOException e) {
            LOG.debug("admin request: {}", e.getMessage());
        } finally {
            answering.decrementAndGet();
        }
    }

    private ObjectNode answer(String line) {
        try {
            return service.answer(AdminProtocol.parse(line));
        } catch (AdminException | IOException e) {
            return AdminProtocol.JSON.createObjectNode().put("error", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("admin request {}", line, e);
            return AdminProtocol.JSON
                    .createObjectNode()
                    .put("error", "internal error: " + e + ": see the appliance's log");
        }
    }

    private static String readLine(SocketChannel connection) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(AdminProtocol.LONGEST_REQUEST);
        while (buffer.hasRemaining() && connection.read(buffer) >= 0) {
            if (buffer.position() > 0 && buffer.get(buffer.position() - 1) == '\n') {
                return new String(buffer.array(), 0, buffer.position() - 1, StandardCharsets.UTF_8);
            }
        }
        throw new IOException("no line of at most " + AdminProtocol.LONGEST_REQUEST + " bytes");
    }

    /** Takes no more requests, and leaves the socket's path to another process. Again: without effect. */
    synchronized void stopListening() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            Files.deleteIfExists(socket);
        }
    }

    /** The last answers go out first. */
    @Override
    public void close() throws IOException {
        stopListening();
        long start = System.nanoTime();
        while (answering.get() > 0 && System.nanoTime() - start < ANSWER_PATIENCE_NANOS) {
            LockSupport.parkNanos(1_000_000L);
        }
    }
}
