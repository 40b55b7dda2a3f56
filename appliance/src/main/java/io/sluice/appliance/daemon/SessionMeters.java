// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.appliance.config.HandlerName;
import io.sluice.runtime.ControlClient.SessionInfo;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether each handler process lives, as the gateway sees it, in the main process's metrics: those of a process that hangs do not
 * tell. NaN while the gateway has no session of that name.
 */
final class SessionMeters {
    private static final Logger LOG = LoggerFactory.getLogger(SessionMeters.class);

    /** Asks the gateway. */
    interface Source {
        List<SessionInfo> sessions() throws IOException;
    }

    private final Source source;
    private volatile Map<String, SessionInfo> byName = Map.of();

    /** @param handlers names of the handler processes */
    SessionMeters(MeterRegistry registry, List<String> handlers, Source source) {
        this.source = source;
        for (String handler : handlers) {
            gauge(
                    registry,
                    handler,
                    "stalled",
                    "How long it has let commands or events lie",
                    "seconds",
                    info -> info.stalled().toNanos() / 1e9);
            gauge(
                    registry,
                    handler,
                    "oldest",
                    "Age of the oldest command in its rings",
                    "seconds",
                    info -> info.oldest().toNanos() / 1e9);
            gauge(registry, handler, "in.flight", "Commands in its rings", "commands", SessionInfo::inFlight);
            gauge(
                    registry,
                    handler,
                    "untaken",
                    "Commands in its rings that it has not taken",
                    "commands",
                    SessionInfo::untaken);
            gauge(
                    registry,
                    handler,
                    "quarantined",
                    "Commands in its rings whose initiators have had their answer",
                    "commands",
                    SessionInfo::quarantined);
        }
    }

    private void gauge(
            MeterRegistry registry,
            String handler,
            String name,
            String description,
            String unit,
            ToDoubleFunction<SessionInfo> value) {
        String session = HandlerName.stem("appliance", handler);
        Gauge.builder("sluice.session." + name, this, meters -> meters.value(session, value))
                .description(description)
                .baseUnit(unit)
                .tag("handler", handler)
                .strongReference(true)
                .register(registry);
    }

    private double value(String session, ToDoubleFunction<SessionInfo> value) {
        SessionInfo info = byName.get(session);
        return info == null ? Double.NaN : value.applyAsDouble(info);
    }

    /** Before a scrape: one question to the gateway for all gauges. */
    void refresh() {
        Map<String, SessionInfo> now = new HashMap<>();
        try {
            // A process that ends and the one that takes over may both have a session for a moment; the later one
            // counts.
            source.sessions().forEach(info -> now.merge(info.name(), info, (a, b) -> a.epoch() > b.epoch() ? a : b));
        } catch (IOException gone) {
            LOG.debug("sessions: {}", gone.getMessage());
        }
        byName = Map.copyOf(now);
    }
}
