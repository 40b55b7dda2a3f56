// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the command line and the daemon say to each other over HOME/run/admin.sock: one JSON object and a line feed each way,
 * then the connection ends.
 *
 * <pre>
 * {"op": "status"}                                   -> {"gateway": {...}, "devices": [...], ...}
 * {"op": "resize", "device": "disk", "bytes": 4096}  -> {"device": "disk", "bytes": 4096}
 * {"op": "hand-over"}                                -> {"pause_ms": 12}; by then devices are closed and their commands kept
 * anything that fails                                -> {"error": "names the value and the remedy"}
 * </pre>
 */
public final class AdminProtocol {
    static final int LONGEST_REQUEST = 64 << 10;
    static final JsonMapper JSON = new JsonMapper();

    private AdminProtocol() {}

    public static ObjectNode request(String op) {
        return JSON.createObjectNode().put("op", op);
    }

    /**
     * Asks the daemon of this home directory.
     *
     * @throws IOException if no daemon listens there
     * @throws AdminException if it refused
     */
    public static ObjectNode ask(Path socket, ObjectNode request) throws IOException, AdminException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
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
    }

    private static void connect(SocketChannel channel, Path socket) throws IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
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
