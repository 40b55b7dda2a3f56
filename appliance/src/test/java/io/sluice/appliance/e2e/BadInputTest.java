// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is wrong is named, with the remedy, and nothing is left running. */
@Tag("e2e")
class BadInputTest {
    private static void assertRefused(RunningSluice sluice, Shell up, String... words) {
        assertThat(up.status()).as(up.output()).isNotZero();
        assertThat(up.output()).contains(words);
        RunningSluice.await(
                "nothing is left running",
                java.time.Duration.ofSeconds(30),
                () -> sluice.process("supervisor")
                                .filter(ProcessHandle::isAlive)
                                .isEmpty()
                        && sluice.process("sluiced")
                                .filter(ProcessHandle::isAlive)
                                .isEmpty()
                        && sluice.process("appliance")
                                .filter(ProcessHandle::isAlive)
                                .isEmpty());
        sluice.close();
    }

    @Test
    void shouldRefuseAnUnknownKey() {
        RunningSluice sluice =
                RunningSluice.prepare(RunningSluice.shippedConfiguration().replace("[metrics]", "[metrix]"));
        assertThat(sluice.command("config", "check").output())
                .contains("sluice.toml:", "unknown key `metrix`", "did you mean `metrics`?");
        assertRefused(sluice, sluice.up(), "unknown key `metrix`", "did you mean `metrics`?");
    }

    @Test
    void shouldRefuseAMissingConfiguration() {
        RunningSluice sluice = RunningSluice.prepare("");
        Shell up =
                sluice.command("up", "--detach", "--portal", sluice.portal(), "--config", "/nonexistent/sluice.toml");
        assertRefused(sluice, up, "/nonexistent/sluice.toml", "--config");
    }

    @Test
    void shouldRefuseADiskWhoseFileIsMissing() {
        RunningSluice sluice = RunningSluice.prepare(
                RunningSluice.shippedConfiguration().replace("path = \"data/readme.img\"", "path = \"data/gone.img\""));
        assertRefused(sluice, sluice.up(), "readme", "data/gone.img");
    }

    @Test
    void shouldRefuseAPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            RunningSluice sluice = RunningSluice.prepare(RunningSluice.shippedConfiguration());
            String portal = "127.0.0.1:" + taken.getLocalPort();
            assertRefused(sluice, sluice.command("up", "--detach", "--portal", portal), portal, "in use");
        }
    }

    @Test
    void shouldRefuseADiskFileThatASecondSluiceServes() throws Exception {
        try (RunningSluice first = RunningSluice.start()) {
            Path disk = first.home().resolve("data/disk.img");
            RunningSluice second = RunningSluice.prepare(RunningSluice.shippedConfiguration()
                    .replace("path = \"data/disk.img\"", "path = \"" + disk + "\""));
            assertRefused(second, second.up(), disk.toString());
        }
    }

    @Test
    void shouldRefuseAHomeThatCannotBeWritten() throws Exception {
        Path file = Files.createTempFile("sluice", "file");
        Shell up = Shell.run(
                Map.of(),
                List.of(
                        RunningSluice.LAUNCHER.toString(),
                        "up",
                        "--detach",
                        "--home",
                        file.resolve("home").toString()));
        assertThat(up.status()).isNotZero();
        assertThat(up.output()).contains(file.toString(), "--home");
        Files.delete(file);
    }

    @Test
    void shouldRefuseWordsThatItDoesNotKnow() {
        assertThat(Shell.run(RunningSluice.LAUNCHER.toString(), "upp").output()).contains("unknown command 'upp'");
        assertThat(Shell.run(RunningSluice.LAUNCHER.toString(), "up", "--prtal", "x")
                        .output())
                .contains("unknown option '--prtal'");
        assertThat(Shell.run(RunningSluice.LAUNCHER.toString(), "test", "nothing")
                        .output())
                .contains("unknown suite 'nothing'");
    }
}
