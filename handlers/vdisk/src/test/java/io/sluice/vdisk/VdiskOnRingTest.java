// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.Resizable;
import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.handler.testing.TestNexus;
import io.sluice.handler.testing.UnitAttention;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The disk on the real runtime, over real rings with two queues, its workers and the shortcut on the loops. */
final class VdiskOnRingTest {
    private static final int LANES = 16;
    private static final int LANE_BLOCKS = 256;

    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"auto", "inline", "parallel"})
    void shouldKeepConcurrentWritersApart(String execution) throws Exception {
        long seed = new Random().nextLong();
        try (GatewayDouble gateway =
                open(Map.of("path", home.resolve("disk.img").toString(), "size", "2MiB", "execution", execution))) {
            Thread[] lanes = new Thread[LANES];
            ArrayDeque<String> failures = new ArrayDeque<>();
            for (int i = 0; i < LANES; i++) {
                int lane = i;
                lanes[i] = Thread.ofPlatform().start(() -> {
                    String failure = run(gateway.nexus(), lane, new Random(seed + lane));
                    synchronized (failures) {
                        if (failure != null) {
                            failures.add(failure);
                        }
                    }
                });
            }
            for (Thread lane : lanes) {
                lane.join();
            }
            assertThat(failures).as("seed %d", seed).isEmpty();
        }
    }

    /** Writes its own blocks and reads them back; returns what went wrong. */
    private static @org.jspecify.annotations.Nullable String run(TestNexus nexus, int lane, Random random) {
        byte[] model = new byte[LANE_BLOCKS * 512 / LANES];
        int first = lane * (LANE_BLOCKS / LANES);
        for (int step = 0; step < 100; step++) {
            int block = random.nextInt(model.length / 512);
            byte[] data = new byte[512];
            random.nextBytes(data);
            CommandResult written = nexus.execute(hex(Cdb.block(0x2A, 0, first + block, 1)), data);
            System.arraycopy(data, 0, model, block * 512, 512);
            CommandResult read = nexus.execute(hex(Cdb.block(0x28, 0, first, model.length / 512)), model.length);
            if (!written.isGood() || !read.isGood() || !Arrays.equals(read.dataIn(), model)) {
                return "lane " + lane + ", step " + step + ": " + written + ", " + read;
            }
        }
        return null;
    }

    /** A counter that two initiators and many commands share, kept by COMPARE AND WRITE alone. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "inline", "parallel"})
    void shouldCountExactlyWithCompareAndWrite(String execution) throws Exception {
        try (GatewayDouble gateway =
                open(Map.of("path", home.resolve("disk.img").toString(), "size", "2MiB", "execution", execution))) {
            TestNexus other = gateway.nexus("iqn.2026-11.io.sluice.test:other,i,0x000000000002");
            Thread[] lanes = new Thread[LANES];
            for (int i = 0; i < LANES; i++) {
                TestNexus nexus = i % 2 == 0 ? gateway.nexus() : other;
                lanes[i] = Thread.ofPlatform().start(() -> {
                    for (int done = 0; done < 20; ) {
                        done += incremented(nexus) ? 1 : 0;
                    }
                });
            }
            for (Thread lane : lanes) {
                lane.join();
            }
            assertThat(counter(gateway.nexus())).isEqualTo(LANES * 20);
        }
    }

    private static long counter(TestNexus nexus) {
        return ByteBuffer.wrap(nexus.execute(hex(Cdb.block(0x28, 0, 7, 1)), 512).dataIn())
                .getLong(0);
    }

    private static boolean incremented(TestNexus nexus) {
        long value = counter(nexus);
        byte[] data = ByteBuffer.allocate(1024)
                .putLong(0, value)
                .putLong(512, value + 1)
                .array();
        CommandResult result = nexus.execute(hex(Cdb.compareAndWrite(0, 7, 1)), data);
        assertThat(result.isGood() || result.senseKey() == SenseKey.MISCOMPARE)
                .as("%s", result)
                .isTrue();
        return result.isGood();
    }

    /** docs/decisions/0013: executed again, it finds its own blocks and says so; it never says GOOD for another's. */
    @Test
    void shouldCompareAgainWhenItIsRedelivered() throws Exception {
        try (GatewayDouble gateway =
                open(Map.of("path", home.resolve("disk.img").toString(), "size", "2MiB"))) {
            byte[] cdb = Cdb.compareAndWrite(0, 7, 1);
            byte[] data = ByteBuffer.allocate(1024).putLong(512, 1).array();
            CommandResult first = gateway.nexus().execute(hex(cdb), data);
            assertThat(first.isGood()).isTrue();
            CommandResult again = TestNexus.await(
                    gateway.nexus().redeliver(first.sequence(), cdb, DataDirection.OUT, data, data.length));
            assertThat(again.senseKey()).isEqualTo(SenseKey.MISCOMPARE);
            assertThat(counter(gateway.nexus())).isEqualTo(1);
        }
    }

    @Test
    void shouldTakeSixteenMebibytesInOneCommand() throws Exception {
        try (GatewayDouble gateway = open(Map.of("backend", "ram", "size", "64MiB"))) {
            byte[] data = ReadWriteTest.random(16 << 20);
            assertThat(gateway.execute(hex(Cdb.block(0x8A, 0, 100, 32768)), data)
                            .isGood())
                    .isTrue();
            assertThat(gateway.execute(hex(Cdb.block(0x88, 0, 100, 32768)), 16 << 20)
                            .dataIn())
                    .isEqualTo(data);
        }
    }

    @Test
    void shouldForgetPreventionWithTheNexusThatAskedForIt() throws Exception {
        try (GatewayDouble gateway = open(Map.of("backend", "null", "removable", true))) {
            TestNexus other = gateway.nexus("iqn.2026-11.io.sluice.test:other,i,0x000000000002");
            assertThat(other.execute("1E 00 00 00 01 00").isGood()).isTrue();
            assertThat(gateway.execute("1B 00 00 00 02 00").additionalSense())
                    .isEqualTo(AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
            other.close();
            assertThat(gateway.execute("1B 00 00 00 02 00").isGood()).isTrue();
            gateway.takeUnitAttentions();
            assertThat(gateway.execute("1B 00 00 00 03 00").isGood()).isTrue();
            assertThat(gateway.takeUnitAttentions())
                    .extracting(UnitAttention::sense)
                    .containsExactly(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        }
    }

    @Test
    void shouldTellOfAResizeWhileCommandsRun() throws Exception {
        try (GatewayDouble gateway =
                open(Map.of("path", home.resolve("disk.img").toString(), "size", "4MiB"))) {
            ArrayDeque<CompletableFuture<CommandResult>> running = new ArrayDeque<>();
            for (int i = 0; i < 64; i++) {
                running.add(gateway.nexus().submit(hex(Cdb.block(0x2A, 0, 8000 + i, 1)), new byte[512]));
            }
            ((Resizable) gateway.device()).resize(2 << 20);
            for (CompletableFuture<CommandResult> write : running) {
                CommandResult result = TestNexus.await(write);
                assertThat(result.isGood()
                                || AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE.equals(result.additionalSense()))
                        .as("%s", result)
                        .isTrue();
            }
            assertThat(java.nio.file.Files.size(home.resolve("disk.img"))).isEqualTo(2 << 20);
            assertThat(gateway.takeUnitAttentions())
                    .extracting(UnitAttention::sense)
                    .contains(AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
        }
    }

    private GatewayDouble open(Map<String, ?> values) throws Exception {
        DeviceConfig config = DeviceConfig.of("disk", values);
        VdiskProvider provider = new VdiskProvider();
        return GatewayDouble.open(
                GatewayDouble.options().queues(2).depth(64).workers(4).pool(64L << 20),
                "disk",
                home,
                context -> provider.open(context, config));
    }

    private static String hex(byte[] cdb) {
        return HexFormat.of().formatHex(cdb);
    }
}
