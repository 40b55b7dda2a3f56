// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two handler processes, each with a disk: what happens to one costs the other's initiators nothing. */
@Tag("e2e")
class SeveralHandlersTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int DISK = 0; // of the main handler
    private static final int DISK2 = 4; // of the other

    private static String configuration() {
        return RunningSluice.shippedConfiguration().replace("# --- targets", """
                        [[device]]
                        name = "disk2"
                        type = "vdisk"
                        handler = "other"
                        path = "data/disk2.img"
                        size = "64MiB"

                        # --- targets""") + """

                [[target.lun]]
                lun = 4
                device = "disk2"
                """;
    }

    private static long pid(RunningSluice sluice, String name) {
        return sluice.process(name).orElseThrow().pid();
    }

    private static void awaitSuccessor(RunningSluice sluice, String process, String ready, long former) {
        RunningSluice.await(
                "another process " + process + " serves",
                SOON,
                () -> sluice.process(process)
                                .filter(other -> other.pid() != former)
                                .isPresent()
                        && Files.exists(sluice.home().resolve("run").resolve(ready)));
    }

    private static JsonNode named(JsonNode array, String name) {
        return StreamSupport.stream(array.spliterator(), false)
                .filter(node -> node.path("name").stringValue("").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no \"" + name + "\" in " + array));
    }

    private static void signal(String signal, long pid) {
        Shell.must("bash", "-c", "kill -" + signal + " " + pid);
    }

    @Test
    void shouldServeAndTellAboutTheDevicesOfAllHandlers() throws Exception {
        try (RunningSluice sluice = RunningSluice.start(configuration())) {
            assertThat(Shell.must("iscsi-ls", "-s", "iscsi://" + sluice.portal()))
                    .contains("Lun:0 ", "Lun:4 ");
            Shell.must("iscsi-readcapacity16", sluice.url(DISK));
            Shell.must("iscsi-readcapacity16", sluice.url(DISK2));
            Shell resize = sluice.command("disk", "resize", "disk2", "128MiB");
            assertThat(resize.status()).as(resize.output()).isZero();
            JsonNode status = sluice.status();
            JsonNode handlers = status.path("handlers");
            assertThat(handlers).hasSize(2);
            assertThat(named(handlers, "main").path("pid").longValue()).isEqualTo(pid(sluice, "appliance"));
            assertThat(named(handlers, "other").path("pid").longValue()).isEqualTo(pid(sluice, "appliance-other"));
            assertThat(named(handlers, "other").path("connected").booleanValue())
                    .isTrue();
            JsonNode disk2 = named(status.path("devices"), "disk2");
            assertThat(disk2.path("handler").stringValue()).isEqualTo("other");
            assertThat(disk2.path("type").stringValue()).isEqualTo("vdisk");
            assertThat(disk2.path("capacity").longValue()).isEqualTo(128L << 20);
            assertThat(named(status.path("devices"), "disk").path("handler").stringValue())
                    .isEqualTo("main");
            assertThat(sluice.command("status").output()).contains("HANDLER", "handler    other, process");
            String metrics = "http://" + status.path("metrics").stringValue() + "/metrics";
            assertThat(get(metrics)).contains("device=\"disk\"").doesNotContain("device=\"disk2\"");
            assertThat(get(metrics + "/other")).contains("device=\"disk2\"").doesNotContain("device=\"disk\"");
            assertThat(get(metrics + "/another")).startsWith("404 ");
            ProcessHandle other = sluice.process("appliance-other").orElseThrow();
            assertThat(sluice.down().status()).isZero();
            assertThat(other.isAlive()).isFalse();
            assertThat(sluice.home().resolve("run/appliance-other.pid")).doesNotExist();
        }
    }

    private static String get(String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        if (connection.getResponseCode() != 200) {
            return connection.getResponseCode() + " ";
        }
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldServeTheOthersDevicesWhileAKilledHandlerIsReplaced() throws Exception {
        try (RunningSluice sluice = RunningSluice.start(configuration());
                SteadyLoad disk = new SteadyLoad(sluice, DISK);
                SteadyLoad disk2 = new SteadyLoad(sluice, DISK2)) {
            long main = pid(sluice, "appliance");
            kill(sluice, "appliance-other", "ready-other", disk2, disk);
            assertThat(pid(sluice, "appliance")).isEqualTo(main);
            long other = pid(sluice, "appliance-other");
            kill(sluice, "appliance", "ready", disk, disk2);
            assertThat(pid(sluice, "appliance-other")).isEqualTo(other);
        }
    }

    /** The survivor's commands go on during the one command that had to wait for the next process. */
    private static void kill(
            RunningSluice sluice, String process, String ready, SteadyLoad victim, SteadyLoad survivor) {
        victim.awaitMore(20);
        survivor.awaitMore(20);
        ProcessHandle killed = sluice.process(process).orElseThrow();
        long start = System.nanoTime();
        killed.destroyForcibly();
        awaitSuccessor(sluice, process, ready, killed.pid());
        victim.awaitMore(20);
        survivor.awaitMore(20);
        SteadyLoad.Span pause = victim.longestSince(start);
        assertThat(survivor.endedWithin(pause))
                .as(
                        "commands in the %d ms of %s's absence; their own longest took %d ms",
                        pause.nanos() / 1_000_000,
                        process,
                        survivor.longestSince(start).nanos() / 1_000_000)
                .isGreaterThan(20);
    }

    @Test
    void shouldServeTheOthersDevicesWhileAHandlerIsStopped() throws Exception {
        try (RunningSluice sluice = RunningSluice.start(configuration());
                SteadyLoad disk = new SteadyLoad(sluice, DISK);
                SteadyLoad disk2 = new SteadyLoad(sluice, DISK2)) {
            disk2.awaitMore(20);
            long other = pid(sluice, "appliance-other");
            signal("STOP", other);
            try {
                disk.awaitMore(2);
                int stuck = disk2.commands();
                disk.awaitMore(500);
                assertThat(disk2.commands()).isEqualTo(stuck);
                JsonNode status = sluice.status();
                assertThat(named(status.path("handlers"), "other")
                                .path("answers")
                                .booleanValue())
                        .isFalse();
                assertThat(named(status.path("devices"), "disk2").has("capacity"))
                        .isFalse();
                assertThat(named(status.path("devices"), "disk")
                                .path("capacity")
                                .longValue())
                        .isEqualTo(1L << 30);
                assertThat(sluice.command("status").output()).contains("handler    other, does not answer");
            } finally {
                signal("CONT", other);
            }
            disk2.awaitMore(20);
            assertThat(pid(sluice, "appliance-other")).isEqualTo(other);
        }
    }

    @Test
    void shouldRestartTheHandlerThatIsNamedOrOneAfterTheOther() throws Exception {
        try (RunningSluice sluice = RunningSluice.start(configuration());
                SteadyLoad disk = new SteadyLoad(sluice, DISK);
                SteadyLoad disk2 = new SteadyLoad(sluice, DISK2)) {
            long main = pid(sluice, "appliance");
            long other = pid(sluice, "appliance-other");
            Shell unknown = sluice.command("restart", "handlers", "another");
            assertThat(unknown.status()).isNotZero();
            assertThat(unknown.output()).contains("'another'", "main other");
            Shell one = sluice.command("restart", "handlers", "other");
            assertThat(one.status()).as(one.output()).isZero();
            assertThat(pid(sluice, "appliance")).isEqualTo(main);
            long second = pid(sluice, "appliance-other");
            assertThat(second).isNotEqualTo(other);
            Shell all = sluice.command("restart", "handlers");
            assertThat(all.status()).as(all.output()).isZero();
            assertThat(pid(sluice, "appliance")).isNotEqualTo(main);
            assertThat(pid(sluice, "appliance-other")).isNotIn(other, second);
            disk.awaitMore(20);
            disk2.awaitMore(20);
        }
    }

    @Test
    void shouldSayWhyAHandlerDoesNotStartAndServeTheOthersOnceItDid() throws Exception {
        String broken = configuration().replace("path = \"data/disk2.img\"", "pth = \"data/disk2.img\"");
        try (RunningSluice sluice = RunningSluice.prepare(broken)) {
            Shell up = sluice.up();
            assertThat(up.status()).isNotZero();
            assertThat(up.output()).contains("handler other did not start", "unknown key", "pth");
            assertThat(sluice.process("sluiced").filter(ProcessHandle::isAlive)).isEmpty();

            Files.writeString(sluice.home().resolve("sluice.toml"), configuration());
            assertThat(sluice.up().status()).isZero();
            Files.writeString(sluice.home().resolve("sluice.toml"), broken);
            long other = pid(sluice, "appliance-other");
            signal("KILL", other);
            RunningSluice.await(
                    "the other handler has failed to start twice",
                    SOON,
                    () -> sluice.log("supervisor").contains("next start of handler other in 200 ms"));
            long main = pid(sluice, "appliance");
            signal("KILL", main);
            awaitSuccessor(sluice, "appliance", "ready", main);
            Shell.must("iscsi-readcapacity16", sluice.url(DISK));
            Files.writeString(sluice.home().resolve("sluice.toml"), configuration());
            awaitSuccessor(sluice, "appliance-other", "ready-other", other);
            Shell.must("iscsi-readcapacity16", sluice.url(DISK2));
        }
    }
}
