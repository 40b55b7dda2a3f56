// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the command line and the handler processes say to each other over HOME/run/admin.sock (the main one's) and
 * HOME/run/admin-NAME.sock: one JSON object and a line feed each way, then the connection ends. The main process's status is
 * that of everything, the others' their own.
 *
 * <pre>
 * {"op": "status"}                                   -> {"gateway": {...}, "devices": [...], ...}
 * {"op": "commands"}                                 -> {"commands": [{...}, ...]}, the live ones, oldest first
 * {"op": "metrics"}                                  -> {"text": "..."}, Prometheus' text format
 * {"op": "resize", "device": "disk", "bytes": 4096}  -> {"device": "disk", "bytes": 4096}
 * {"op": "reload"}                                   -> {"changes": ["..."], "waiting": ["[gateway]"]}
 * {"op": "operate", "noun": "tape", "arguments": ["list"]} -> what the groups' providers answer; to other processes
 *                                                       with "word" and "group": "library" and its name
 * {"op": "open-grown"}                               -> {"devices": ["..."]}, those of groups that have grown, now served
 * {"op": "access", "group": 2, "state": "STANDBY"}    -> {"group": 2, "state": "STANDBY"}; "device" when not of all
 * {"op": "hand-over"}                                -> {"pause_ms": 12}; by then devices are closed and their commands kept
 * anything that fails                                -> {"error": "names the value and the remedy"}
 * </pre>
 */
public final class AdminProtocol {
    static final int LONGEST_REQUEST = 64 << 10;
    private static final Logger LOG = LoggerFactory.getLogger(AdminProtocol.class);
    static final JsonMapper JSON = new JsonMapper();

    private AdminProtocol() {}

    public static ObjectNode request(String op) {
        return JSON.createObjectNode().put("op", op);
    }

    /**
     * Asks, and gives up after a time: the one who is asked may have been stopped. What it was asked it may do all the same.
     *
     * @throws IOException if nobody listens there, or no answer came in time
     * @throws AdminException if it refused
     */
    static ObjectNode ask(Path socket, ObjectNode request, Duration patience) throws IOException, AdminException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Thread watch = Thread.startVirtualThread(() -> closeAfter(channel, patience));
            try {
                return ask(channel, socket, request);
            } catch (ClosedChannelException late) {
                throw new IOException(
                        "no answer at " + socket + " within " + patience.toSeconds()
                                + " s: is the process stopped? ./sluice status tells more",
                        late);
            } finally {
                watch.interrupt();
            }
        }
    }

    private static void closeAfter(SocketChannel channel, Duration patience) {
        try {
            Thread.sleep(patience);
            channel.close();
        } catch (InterruptedException answered) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("closing a connection that was given up: {}", e.getMessage());
        }
    }

    /**
     * Asks, and waits for the answer however long that takes.
     *
     * @throws IOException if nobody listens there
     * @throws AdminException if it refused
     */
    public static ObjectNode ask(Path socket, ObjectNode request) throws IOException, AdminException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return ask(channel, socket, request);
        }
    }

    private static ObjectNode ask(SocketChannel channel, Path socket, ObjectNode request)
            throws IOException, AdminException {
        connect(channel, socket);
        write(channel, request);
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
        String line = reader.readLine();
        if (line == null || !(parse(line) instanceof ObjectNode reply)) {
            throw new IOException("the appliance closed the connection without an answer: see its log");
        }
        if (reply.has("error")) {
            throw new AdminException(reply.path("error").stringValue(""));
        }
        return reply;
    }

    private static void connect(SocketChannel channel, Path socket) throws IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (ClosedChannelException late) {
            throw late;
        } catch (IOException e) {
            throw new IOException(
                    "no appliance answers at " + socket + " (" + e.getMessage()
                            + "): start it with ./sluice up --detach, or name another home with --home",
                    e);
        }
    }

    static JsonNode parse(String line) throws IOException {
        try {
            return JSON.readTree(line);
        } catch (JacksonException e) {
            throw new IOException("no JSON: " + e.getOriginalMessage(), e);
        }
    }

    static void write(SocketChannel channel, JsonNode message) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
