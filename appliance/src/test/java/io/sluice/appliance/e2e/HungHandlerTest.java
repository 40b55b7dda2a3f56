// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.daemon.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second handler process that hangs, in each way that there is, or seems to; the supervisor looks on for five seconds. */
@Tag("e2e")
@Tag("launcher")
class HungHandlerTest {
    private static final int HANG_SECONDS = 5;
    private static final String INITIATOR = "iqn.2026-11.test:slow";
    private static final int CHECK_CONDITION = 2;
    private static final int ABORTED_COMMAND = 0x0b;
    private static final int DISK = 0; // of the main handler
    private static final int DISK2 = 4; // of the other
    private static final int SLOW = 5; // of the other, too: a plugin
    private static final byte[] FORMAT_UNIT = {0x04, 0, 0, 0, 0, 0};
    private static final byte[] TEST_UNIT_READY = new byte[6];
    private static final byte[] READ_6 = {0x08, 0, 0, 0, 1, 0};

    /** FORMAT UNIT takes three times as long as a hang may; READ(6) never ends. Both block the thread that took them. */
    private static final String SLOWLY = """
            command -> {
                try {
                    if (command.opcode() == 0x04) {
                        Thread.sleep(%d);
                    } else if (command.opcode() == 0x08) {
                        new java.util.concurrent.CountDownLatch(1).await();
                    }
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                command.good();
            }""".formatted(3 * HANG_SECONDS * 1000);

    @TempDir
    Path work;

    private static String configuration() {
        return RunningSluice.shippedConfiguration()
                        .replace("#queues = 2", "queues = 1")
                        .replace("# --- targets", """
                        [[device]]
                        name = "disk2"
                        type = "vdisk"
                        handler = "other"
                        path = "data/disk2.img"
                        size = "64MiB"

                        [[device]]
                        name = "slow"
                        type = "slow"
                        handler = "other"

                        # --- targets""")
                + """

                [[target.lun]]
                lun = 4
                device = "disk2"

                [[target.lun]]
                lun = 5
                device = "slow"

                [handler]
                hang_timeout = %d
                """.formatted(HANG_SECONDS);
    }

    private RunningSluice start() throws IOException {
        RunningSluice sluice = RunningSluice.prepare(configuration());
        PluginJar.of(work, "slow").executes(SLOWLY).into(sluice.home().resolve("plugins"));
        Shell up = sluice.up();
        assertThat(up.status()).as(up.output()).isZero();
        return sluice;
    }

    /** A command that the thread, which has taken the others in one go, leaves lying. */
    private static void sendLater(RunningSluice sluice) {
        try (MiniInitiator third = new MiniInitiator(sluice.port(), RunningSluice.TARGET, INITIATOR + ".late")) {
            Thread.sleep(1000);
            for (int i = 0; i < 2; i++) { // the first gets the Unit Attention
                third.command(DISK2, TEST_UNIT_READY, new byte[0], 0);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long pid(RunningSluice sluice, String name) {
        return sluice.process(name).orElseThrow().pid();
    }

    @Test
    void shouldReplaceAStoppedHandlerUnderWhoseInitiatorsNothingFails() throws Exception {
        try (RunningSluice sluice = start();
                SteadyLoad disk = new SteadyLoad(sluice, DISK);
                SteadyLoad disk2 = new SteadyLoad(sluice, DISK2)) {
            disk.awaitMore(20);
            disk2.awaitMore(20);
            long main = pid(sluice, "appliance");
            long other = pid(sluice, "appliance-other");
            Shell.must("bash", "-c", "kill -STOP " + other);
            disk2.awaitMore(20);
            disk.awaitMore(20);
            assertThat(pid(sluice, "appliance-other")).isNotEqualTo(other);
            assertThat(pid(sluice, "appliance")).isEqualTo(main);
            assertThat(sluice.log("supervisor"))
                    .containsPattern("handler other \\(process " + other + "\\) hangs: .* for 5 s; in flight 1, ")
                    .contains(
                            "(process " + other + ") is asked for a thread dump (SIGQUIT) in ",
                            "(process " + other + ") gives no thread dump: it is stopped",
                            "(process " + other + ") is killed, so that another one takes over",
                            "handler other (process " + other + ") ended with status 137")
                    .doesNotContain("appliance (process " + main + ") ");
            assertThat(sluice.log("appliance-other"))
                    .containsPattern("threads of process " + other + " as the kernel sees them:\n +java +T ");
        }
    }

    @Test
    void shouldReplaceAHandlerWhoseThreadNeverComesBack() throws Exception {
        try (RunningSluice sluice = start();
                MiniInitiator initiator = new MiniInitiator(sluice.port(), RunningSluice.TARGET, INITIATOR);
                SteadyLoad disk2 = new SteadyLoad(sluice, DISK2)) {
            long other = pid(sluice, "appliance-other");
            initiator.clearUnitAttentions(SLOW);
            disk2.awaitMore(20);
            Thread late = Thread.ofPlatform().start(() -> sendLater(sluice));
            MiniInitiator.Result read = initiator.command(SLOW, READ_6, new byte[0], 512);
            assertThat(read.status()).isEqualTo(CHECK_CONDITION);
            assertThat(read.senseKey()).isEqualTo(ABORTED_COMMAND);
            late.join();
            disk2.awaitMore(20);
            assertThat(pid(sluice, "appliance-other")).isNotEqualTo(other);
            assertThat(sluice.log("supervisor")).contains("(process " + other + ") is killed");
            assertThat(sluice.log("appliance-other"))
                    .containsPattern("(?s)Full thread dump.*at plugin\\.Providerslow.*JNI global refs")
                    .doesNotContain("as the kernel sees them");
            initiator.clearUnitAttentions(SLOW);
            assertThat(initiator.command(SLOW, TEST_UNIT_READY, new byte[0], 0).status())
                    .isZero();
        }
    }

    @Test
    void shouldLetAHandlerBeThatWorksForLong() throws Exception {
        try (RunningSluice sluice = start();
                MiniInitiator initiator = new MiniInitiator(sluice.port(), RunningSluice.TARGET, INITIATOR);
                SteadyLoad disk2 = new SteadyLoad(sluice, DISK2)) {
            long other = pid(sluice, "appliance-other");
            initiator.clearUnitAttentions(SLOW);
            disk2.awaitMore(20);
            long start = System.nanoTime();
            assertThat(initiator.command(SLOW, FORMAT_UNIT, new byte[0], 0).status())
                    .isZero();
            disk2.awaitMore(20);
            assertThat(disk2.longestSince(start).nanos())
                    .as("its command lay behind the long one, untaken")
                    .isGreaterThan(Duration.ofSeconds(2 * HANG_SECONDS).toNanos());
            assertThat(pid(sluice, "appliance-other")).isEqualTo(other);
            assertThat(sluice.log("supervisor")).doesNotContain("hangs");
        }
    }
}
