// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsEndpointTest {
    @TempDir
    Path home = Path.of("");

    private record Answer(int status, String body) {}

    private static Answer get(MetricsEndpoint endpoint, String path) throws IOException {
        URL url = URI.create("http://" + endpoint.address() + path).toURL();
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        int status = connection.getResponseCode();
        try (InputStream body = status == 200 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldPassOnTheMetricsOfOtherHandlersAndOfNobodyElse() throws Exception {
        HomeDirectory directory = new HomeDirectory(home);
        Files.createDirectories(directory.run());
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.counter("own").increment();
        OtherHandlers others = new OtherHandlers(directory, List.of("tape", "gone"));
        MetricsEndpoint endpoint = MetricsEndpoint.open(new PortalAddress("127.0.0.1", 0), registry::scrape, others);
        AdminServer tape = AdminServer.open(
                directory.adminSocket("tape"),
                request -> AdminProtocol.JSON
                        .createObjectNode()
                        .put("text", "asked for " + request.path("op").stringValue("")));
        try (endpoint;
                tape) {
            assertThat(get(endpoint, "/metrics").body()).contains("own_total 1.0");
            assertThat(get(endpoint, "/metrics/tape").body()).isEqualTo("asked for metrics");
            Answer gone = get(endpoint, "/metrics/gone");
            assertThat(gone.status()).isEqualTo(503);
            assertThat(gone.body()).contains("admin-gone.sock");
            Answer nobody = get(endpoint, "/metrics/nobody");
            assertThat(nobody.status()).isEqualTo(404);
            assertThat(nobody.body()).contains("/metrics, /metrics/tape, /metrics/gone");
        }
    }
}
