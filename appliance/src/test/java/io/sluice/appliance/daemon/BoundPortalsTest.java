// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundPortalsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void shouldAskForAnyPortTheFirstTime() throws IOException {
        List<PortalAddress> configured = List.of(new PortalAddress("127.0.0.1", 0));
        assertThat(BoundPortals.recall(directory.resolve("portals"), configured))
                .isEqualTo(configured);
    }

    @Test
    void shouldComeBackToThePortThatZeroBecame() throws IOException {
        Path file = directory.resolve("portals");
        BoundPortals.remember(file, List.of(new PortalAddress("127.0.0.1", 40001), new PortalAddress("::1", 40002)));
        assertThat(BoundPortals.recall(file, List.of(new PortalAddress("127.0.0.1", 0), new PortalAddress("::1", 0))))
                .containsExactly(new PortalAddress("127.0.0.1", 40001), new PortalAddress("::1", 40002));
    }

    @Test
    void shouldFollowTheConfigurationWhereItChanged() throws IOException {
        Path file = directory.resolve("portals");
        BoundPortals.remember(file, List.of(new PortalAddress("127.0.0.1", 40001)));
        List<PortalAddress> configured = List.of(new PortalAddress("127.0.0.2", 0), new PortalAddress("::1", 3260));
        assertThat(BoundPortals.recall(file, configured)).isEqualTo(configured);
    }
}
