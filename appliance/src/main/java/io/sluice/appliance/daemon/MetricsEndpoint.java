// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** {@code GET /metrics} in Prometheus text format. Listens where the configuration says, on loopback unless it says more. */
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
     * @throws IOException if the address cannot be bound; the message names it and the remedy
     */
    static MetricsEndpoint open(PortalAddress address, PrometheusMeterRegistry registry) throws IOException {
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
        server.createContext("/metrics", exchange -> answer(exchange, registry));
        server.createContext("/", exchange -> reply(exchange, 404, "metrics are at /metrics\n"));
        server.start();
        return new MetricsEndpoint(server);
    }

    private static void answer(HttpExchange exchange, PrometheusMeterRegistry registry) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "GET" -> reply(exchange, 200, registry.scrape());
            case "HEAD" -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            }
            default -> reply(exchange, 405, "only GET\n");
        }
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
