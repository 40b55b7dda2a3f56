// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Start, status, death, restart, end. */
@Tag("e2e")
@Tag("launcher")
class LifecycleTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void shouldServeTheShippedConfigurationAndStopWithoutATrace() {
        RunningSluice sluice = RunningSluice.start();
        ProcessHandle gateway = sluice.process("sluiced").orElseThrow();
        ProcessHandle appliance = sluice.process("appliance").orElseThrow();
        ProcessHandle supervisor = sluice.process("supervisor").orElseThrow();
        String luns = Shell.must("iscsi-ls", "-s", "iscsi://" + sluice.portal());
        assertThat(luns).contains("Target:" + RunningSluice.TARGET + " Portal:" + sluice.portal() + ",1");
        assertThat(luns)
                .containsPattern("Lun:0 +Type:DIRECT_ACCESS \\(Size:1023M|Lun:0 +Type:DIRECT_ACCESS \\(Size:1G");
        assertThat(luns).contains("Lun:1 ", "Lun:2 ", "Lun:3 ").doesNotContain("Lun:4 ");
        assertThat(sluice.up().output()).contains("already up");
        sluice.close();
        assertThat(gateway.isAlive()).isFalse();
        assertThat(appliance.isAlive()).isFalse();
        assertThat(supervisor.isAlive()).isFalse();
        assertThat(sluice.home()).doesNotExist();
    }

    @Test
    void shouldTellItsStatusToPeopleAndPrograms() {
        try (RunningSluice sluice = RunningSluice.start()) {
            Shell.must("iscsi-readcapacity16", sluice.url(0));
            JsonNode status = sluice.status();
            assertThat(status.path("state").stringValue()).isEqualTo("running");
            assertThat(status.path("gateway").path("devices").intValue()).isEqualTo(7);
            assertThat(status.path("gateway").path("commands").longValue()).isPositive();
            assertThat(status.path("portals").path(0).stringValue()).isEqualTo(sluice.portal());
            JsonNode disk = sluice.device("disk");
            assertThat(disk.path("state").stringValue()).isEqualTo("served");
            assertThat(disk.path("capacity").longValue()).isEqualTo(1L << 30);
            assertThat(disk.path("commands").longValue()).isPositive();
            assertThat(status.path("targets"))
                    .extracting(target -> target.path("luns").size())
                    .containsExactlyInAnyOrder(3, 4);
            Shell text = sluice.command("status");
            assertThat(text.output())
                    .contains("gateway", "appliance", sluice.portal(), "1 GiB", "no initiator is logged in");
        }
    }

    @Test
    void shouldServeMetricsOnLoopback() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            Shell.must("iscsi-readcapacity16", sluice.url(0));
            URI uri = URI.create("http://" + sluice.status().path("metrics").stringValue() + "/metrics");
            assertThat(uri.getHost()).isEqualTo("127.0.0.1");
            try (InputStream in = uri.toURL().openStream()) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(text).contains("sluice_", "device=\"disk\"");
            }
        }
    }

    @Test
    void shouldServeAgainAfterTheApplianceWasKilled() throws Exception {
        try (RunningSluice sluice = RunningSluice.start();
                MiniInitiator initiator =
                        new MiniInitiator(sluice.port(), RunningSluice.TARGET, "iqn.2026-11.test:x")) {
            initiator.clearUnitAttentions(0);
            byte[] block = new byte[512];
            block[7] = 42;
            assertThat(initiator
                            .command(0, MiniInitiator.write16(5, 1), block, 0)
                            .status())
                    .isZero();
            long gateway = sluice.process("sluiced").orElseThrow().pid();
            ProcessHandle appliance = sluice.process("appliance").orElseThrow();
            appliance.destroyForcibly();
            RunningSluice.await(
                    "another appliance serves",
                    SOON,
                    () -> sluice.process("appliance")
                                    .filter(other -> other.pid() != appliance.pid())
                                    .isPresent()
                            && Files.exists(sluice.home().resolve("run/ready")));
            assertThat(sluice.process("sluiced").orElseThrow().pid()).isEqualTo(gateway);
            // The same session goes on: its gateway never went away.
            initiator.clearUnitAttentions(0);
            MiniInitiator.Result read = initiator.command(0, MiniInitiator.read16(5, 1), new byte[0], 512);
            assertThat(read.status()).isZero();
            assertThat(read.data()).isEqualTo(block);
        }
    }

    @Test
    void shouldStartBothAgainAfterTheGatewayWasKilled() {
        try (RunningSluice sluice = RunningSluice.start()) {
            ProcessHandle gateway = sluice.process("sluiced").orElseThrow();
            gateway.destroyForcibly();
            RunningSluice.await(
                    "another gateway serves",
                    SOON,
                    () -> sluice.process("sluiced")
                                    .filter(other -> other.pid() != gateway.pid())
                                    .isPresent()
                            && Files.exists(sluice.home().resolve("run/ready")));
            assertThat(Shell.must("iscsi-ls", "-s", "iscsi://" + sluice.portal()))
                    .contains("Lun:3 ");
        }
    }

    @Test
    void shouldCleanUpAfterASupervisorThatWasKilled() {
        try (RunningSluice sluice = RunningSluice.start()) {
            ProcessHandle supervisor = sluice.process("supervisor").orElseThrow();
            ProcessHandle gateway = sluice.process("sluiced").orElseThrow();
            supervisor.destroyForcibly();
            RunningSluice.await("the supervisor is gone", SOON, () -> !supervisor.isAlive());
            assertThat(sluice.up().output()).contains("left by a supervisor");
            assertThat(gateway.isAlive()).isFalse();
            assertThat(Shell.must("iscsi-ls", "-s", "iscsi://" + sluice.portal()))
                    .contains("Lun:3 ");
        }
    }

    /** The two-second goal depends on the machine, so the time is printed; what makes it possible is asserted. */
    @Test
    void shouldStartTheSecondTimeFromTheAotCache() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            assertThat(sluice.down().status()).isZero();
            long start = System.nanoTime();
            Shell up = sluice.up();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(up.status()).as(up.output()).isZero();
            assertThat(up.output()).doesNotContain("building", "training");
            long appliance = sluice.process("appliance").orElseThrow().pid();
            assertThat(Files.readString(java.nio.file.Path.of("/proc/" + appliance + "/maps")))
                    .contains("sluice.aot");
            Files.writeString(
                    RunningSluice.CHECKOUT.resolve("appliance/target/second-start.txt"), took.toMillis() + " ms\n");
        }
    }
}
