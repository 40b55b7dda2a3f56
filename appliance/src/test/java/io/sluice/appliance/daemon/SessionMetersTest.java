// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.runtime.ControlClient.SessionInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<SessionInfo> sessions = new ArrayList<>();
    private boolean gone;
    private final SessionMeters meters = new SessionMeters(registry, List.of("main", "tape"), this::ask);

    private List<SessionInfo> ask() throws IOException {
        if (gone) {
            throw new IOException("no gateway");
        }
        return sessions;
    }

    private static SessionInfo session(String name, int epoch, int inFlight, Duration stalled) {
        Duration oldest = Duration.ofMillis(2500);
        return new SessionInfo(
                name, 1, epoch, 99, "active", 2, 1, inFlight, 2, 3, 0, oldest, oldest, stalled, 0, 0, 0, 0);
    }

    private double value(String name, String handler) {
        return registry.get("sluice.session." + name)
                .tag("handler", handler)
                .gauge()
                .value();
    }

    @Test
    void shouldTellOfEachHandlerWhatTheGatewaySees() {
        sessions.add(session("appliance", 1, 0, Duration.ZERO));
        sessions.add(session("appliance-tape", 1, 7, Duration.ofMillis(1500)));
        meters.refresh();
        assertThat(value("stalled", "main")).isZero();
        assertThat(value("stalled", "tape")).isEqualTo(1.5);
        assertThat(value("oldest", "tape")).isEqualTo(2.5);
        assertThat(value("in.flight", "tape")).isEqualTo(7);
        assertThat(value("untaken", "tape")).isEqualTo(2);
        assertThat(value("quarantined", "tape")).isEqualTo(3);
    }

    @Test
    void shouldTellNothingOfAHandlerThatIsNotThereAndOfTheLaterOfTwo() {
        meters.refresh();
        assertThat(value("stalled", "tape")).isNaN();
        sessions.add(session("appliance-tape", 5, 1, Duration.ZERO));
        sessions.add(session("appliance-tape", 4, 9, Duration.ZERO));
        meters.refresh();
        assertThat(value("in.flight", "tape")).isEqualTo(1);
        gone = true;
        meters.refresh();
        assertThat(value("in.flight", "tape")).isNaN();
    }
}
