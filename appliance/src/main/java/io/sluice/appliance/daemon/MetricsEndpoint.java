// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code GET /metrics} in Prometheus text format, and {@code GET /metrics/NAME} of another handler process. Listens where the configuration says, on
 * loopback unless it says more.
 */
final class MetricsEndpoint implements AutoCloseable {
    private static final int BACKLOG = 16;
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;

    private MetricsEndpoint(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts to serve.
     *
     * @param own this process's metrics in the text format
     * @throws IOException if the address cannot be bound; the message names it and the remedy
     */
    static MetricsEndpoint open(PortalAddress address, Supplier<String> own, OtherHandlers others) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(address.address(), address.port()), BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "metrics endpoint " + address + ": " + e.getMessage()
                            + ": choose another address with listen in [metrics], or set enabled = false",
                    e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Map<String, Source> sources = new LinkedHashMap<>();
        sources.put("/metrics", own::get);
        others.names().forEach(name -> sources.put("/metrics/" + name, () -> scrape(others, name)));
        server.createContext("/", exchange -> answer(exchange, sources));
        server.start();
        return new MetricsEndpoint(server);
    }

    private interface Source {
        String scrape() throws IOException, AdminException;
    }

    private static String scrape(OtherHandlers others, String handler) throws IOException, AdminException {
        return others.ask(handler, AdminProtocol.request("metrics"), OtherHandlers.ANSWER_PATIENCE)
                .path("text")
                .stringValue("");
    }

    private static void answer(HttpExchange exchange, Map<String, Source> sources) throws IOException {
        Source source = sources.get(exchange.getRequestURI().getPath());
        if (source == null) {
            reply(exchange, 404, "metrics are at " + String.join(", ", sources.keySet()) + "\n");
            return;
        }
        switch (exchange.getRequestMethod()) {
            case "GET" -> scrape(exchange, source);
            case "HEAD" -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            }
            default -> reply(exchange, 405, "only GET\n");
        }
    }

    private static void scrape(HttpExchange exchange, Source source) throws IOException {
        int status = 200;
        String text;
        try {
            text = source.scrape();
        } catch (IOException | AdminException silent) {
            status = 503;
            text = silent.getMessage() + "\n";
        }
        reply(exchange, status, text);
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", TEXT_FORMAT);
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    /** With the port that was bound. */
    PortalAddress address() {
        InetSocketAddress bound = server.getAddress();
        return new PortalAddress(bound.getAddress().getHostAddress(), bound.getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
