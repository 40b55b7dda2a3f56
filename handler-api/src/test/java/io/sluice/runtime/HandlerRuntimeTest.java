// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.TaskManagementFunction;
import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.handler.testing.TestNexus;
import io.sluice.handler.testing.UnitAttention;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.PeripheralDeviceType;
import io.sluice.scsi.SenseKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class HandlerRuntimeTest {
    private static final String READY = "00 00 00 00 00 00";

    @TempDir
    Path home;

    private GatewayDouble open(Execution execution, BiConsumer<DeviceContext, ScsiCommand> method) throws Exception {
        DeviceProfile profile =
                DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, execution).build();
        return GatewayDouble.open(
                "test", home, context -> Device.of(profile, command -> method.accept(context, command)));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000L);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static double counter(GatewayDouble gateway, String name, String... tags) {
        return gateway.meters().get(name).tags(tags).functionCounter().count();
    }

    @ParameterizedTest
    @EnumSource(Execution.class)
    void shouldEndACommandWhoseDeviceThrows(Execution execution) throws Exception {
        try (GatewayDouble gateway = open(execution, (context, command) -> {
            throw new IllegalArgumentException("meant to");
        })) {
            for (int i = 0; i < 3; i++) {
                CommandResult result = gateway.execute(READY);
                assertThat(result.senseKey()).isEqualTo(SenseKey.HARDWARE_ERROR);
                assertThat(result.additionalSense()).isEqualTo(AdditionalSense.INTERNAL_TARGET_FAILURE);
            }
            assertThat(counter(gateway, "sluice.device.exceptions")).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Execution.class)
    void shouldRefuseASecondEndWithoutHarm(Execution execution) throws Exception {
        List<Throwable> refused = new CopyOnWriteArrayList<>();
        try (GatewayDouble gateway = open(execution, (context, command) -> {
            command.good();
            try {
                command.internalFailure();
            } catch (IllegalStateException expected) {
                refused.add(expected);
            }
        })) {
            for (int i = 0; i < 100; i++) {
                assertThat(gateway.execute(READY).isGood()).isTrue();
            }
            await(() -> refused.size() == 100);
            assertThat(refused.getFirst()).hasMessageContaining("ended already");
            assertThat(counter(gateway, "sluice.commands.ended.twice")).isEqualTo(100);
        }
    }

    @Test
    void shouldShowACommandThatIsNotEnded() throws Exception {
        List<ScsiCommand> kept = new CopyOnWriteArrayList<>();
        try (GatewayDouble gateway = open(Execution.INLINE, (context, command) -> kept.add(command))) {
            CompletableFuture<CommandResult> result = gateway.nexus().submit(READY);
            await(() -> gateway.meters().get("sluice.commands.held").gauge().value() == 1);
            await(() -> !kept.isEmpty());
            kept.getFirst().good();
            assertThat(TestNexus.await(result).isGood()).isTrue();
            await(() -> gateway.meters().get("sluice.commands.held").gauge().value() == 0);
        }
    }

    @Test
    void shouldEndCommandsFromAnyThread() throws Exception {
        try (GatewayDouble gateway =
                open(Execution.INLINE, (context, command) -> Thread.startVirtualThread(command::good))) {
            List<CompletableFuture<CommandResult>> results = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                results.add(gateway.nexus().submit(READY));
            }
            results.forEach(
                    result -> assertThat(TestNexus.await(result).isGood()).isTrue());
        }
    }

    @Test
    void shouldRunSerialCommandsOneAtATimeInOrder() throws Exception {
        List<Long> order = new CopyOnWriteArrayList<>();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (GatewayDouble gateway = open(Execution.SERIAL, (context, command) -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            order.add(command.sequence());
            inside.decrementAndGet();
            command.good();
        })) {
            List<CompletableFuture<CommandResult>> results = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                results.add(gateway.nexus().submit(READY));
            }
            results.forEach(TestNexus::await);
        }
        assertThat(order).hasSize(2000).isSorted();
        assertThat(most).hasValue(1);
    }

    /** Whatever part of them the device takes on the queue loop. */
    @Test
    void shouldKeepSerialCommandsInOrderThatAreTriedOnTheLoop() throws Exception {
        Alternating device = new Alternating();
        try (GatewayDouble gateway = GatewayDouble.open("test", home, context -> device)) {
            List<CompletableFuture<CommandResult>> results = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                results.add(gateway.nexus().submit(READY));
                if (i % 64 == 0) {
                    results.forEach(TestNexus::await); // then the mailbox is empty, and the loop has a try again
                }
            }
            results.forEach(
                    result -> assertThat(TestNexus.await(result).isGood()).isTrue());
        }
        assertThat(device.order).hasSize(20_000).isSorted();
        assertThat(device.most).hasValue(1);
        assertThat(device.onLoop).hasValueGreaterThan(300);
        assertThat(device.onWorker).hasValueGreaterThan(300);
    }

    /** Takes two of three commands on the loop. */
    private static final class Alternating implements Device {
        private final List<Long> order = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger onLoop = new AtomicInteger();
        private final AtomicInteger onWorker = new AtomicInteger();

        @Override
        public DeviceProfile profile() {
            return DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.SERIAL)
                    .build();
        }

        @Override
        public boolean tryExecute(ScsiCommand command) {
            if (command.sequence() % 3 == 0) {
                return false;
            }
            onLoop.incrementAndGet();
            run(command);
            return true;
        }

        @Override
        public void execute(ScsiCommand command) {
            onWorker.incrementAndGet();
            run(command);
        }

        private void run(ScsiCommand command) {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            order.add(command.sequence());
            inside.decrementAndGet();
            command.good();
        }
    }

    @Test
    void shouldRunParallelCommandsAtOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        try (GatewayDouble gateway = open(Execution.PARALLEL, (context, command) -> {
            both.countDown();
            try {
                if (both.await(10, TimeUnit.SECONDS)) {
                    command.good();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        })) {
            CompletableFuture<CommandResult> first = gateway.nexus().submit(READY);
            CompletableFuture<CommandResult> second = gateway.nexus().submit(READY);
            assertThat(TestNexus.await(first).isGood()).isTrue();
            assertThat(TestNexus.await(second).isGood()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Execution.class)
    void shouldAnnounceANexusBeforeItsFirstCommand(Execution execution) throws Exception {
        Witness witness = new Witness(execution);
        try (GatewayDouble gateway = GatewayDouble.open("test", home, context -> witness)) {
            for (int i = 0; i < 50; i++) {
                TestNexus nexus = gateway.nexus("iqn." + i + ",i,0x1");
                assertThat(nexus.execute(READY).isGood()).isTrue();
                nexus.close();
            }
            await(() -> witness.heard().contains("removed iqn.49"));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(witness.heard())
                    .containsSubsequence("added iqn." + i, "command of iqn." + i, "removed iqn." + i);
        }
    }

    @Test
    void shouldTellTheDeviceOfTaskManagementAndReset() throws Exception {
        Witness witness = new Witness(Execution.SERIAL);
        try (GatewayDouble gateway = GatewayDouble.open("test", home, context -> witness)) {
            gateway.taskManagement(TaskManagementFunction.ABORT_TASK_SET);
            gateway.logicalUnitReset();
            await(() -> witness.heard().contains("reset"));
            assertThat(witness.heard()).contains("ABORT_TASK_SET");
        }
    }

    @ParameterizedTest
    @EnumSource(Execution.class)
    void shouldLetANexusThatIsResetStartAfresh(Execution execution) throws Exception {
        Witness witness = new Witness(execution);
        try (GatewayDouble gateway = GatewayDouble.open("test", home, context -> witness)) {
            assertThat(gateway.execute(READY).isGood()).isTrue();
            gateway.taskManagement(TaskManagementFunction.I_T_NEXUS_RESET);
            await(() -> witness.heard().stream()
                            .filter(what -> what.startsWith("added"))
                            .count()
                    == 2);
            assertThat(witness.heard().stream().filter(what -> what.startsWith("removed")))
                    .hasSize(1);
            assertThat(gateway.execute(READY).isGood()).isTrue();
        }
    }

    @Test
    void shouldEstablishAUnitAttentionBeforeTheStatusGoesOut() throws Exception {
        try (GatewayDouble gateway = open(Execution.PARALLEL, (context, command) -> {
            context.raiseUnitAttentionExcept(command.nexus(), AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
            command.good();
        })) {
            UnitAttention expected = new UnitAttention(
                    UnitAttention.Scope.EXCEPT, gateway.nexus().id(), AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
            for (int i = 0; i < 200; i++) {
                assertThat(gateway.execute(READY).isGood()).isTrue();
                assertThat(gateway.takeUnitAttentions()).containsExactly(expected);
            }
        }
    }

    @Test
    void shouldCountCommandsByOpcodeAndStatus() throws Exception {
        try (GatewayDouble gateway = open(Execution.INLINE, (context, command) -> {
            if (command.opcode() == 0) {
                command.good();
            } else {
                command.invalidField(0);
            }
        })) {
            gateway.execute(READY);
            gateway.execute(READY);
            gateway.execute("12 00 00 00 24 00", 36);
            assertThat(gateway.meters().get("sluice.commands.opcodes").gauge().value())
                    .isEqualTo(2);
            assertThat(counter(gateway, "sluice.commands", "opcode", "TEST UNIT READY", "status", "GOOD"))
                    .isEqualTo(2);
            assertThat(counter(gateway, "sluice.commands", "opcode", "INQUIRY", "status", "CHECK_CONDITION"))
                    .isEqualTo(1);
            assertThat(gateway.meters()
                            .get("sluice.command.latency")
                            .functionTimer()
                            .count())
                    .isEqualTo(3);
        }
    }

    @Test
    void shouldPassLongCdbsWhole() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (GatewayDouble gateway = open(Execution.INLINE, (context, command) -> {
            seen.add(command.cdbLength() + " " + command.serviceAction() + " " + command.cdb8(31));
            command.good();
        })) {
            String cdb = "7F 00 00 00 00 00 00 18 00 09" + "00".repeat(21) + "5A";
            assertThat(gateway.execute(cdb).isGood()).isTrue();
        }
        assertThat(seen).containsExactly("32 9 90");
    }

    @Test
    void shouldKeepADeviceInsideItsBuffer() throws Exception {
        try (GatewayDouble gateway = open(Execution.INLINE, (context, command) -> command.putU8(512, 1))) {
            assertThat(gateway.execute("28 00 00000000 00 0001 00", 512).additionalSense())
                    .isEqualTo(AdditionalSense.INTERNAL_TARGET_FAILURE);
        }
    }

    @Test
    void shouldRefuseTwoDevicesOfOneName() throws Exception {
        HandlerOptions options = new HandlerOptions("test", 1, 8, 16L << 20, 1);
        GatewayLink.Connector nobody = lost -> {
            throw new IOException("not used");
        };
        try (HandlerRuntime runtime = new HandlerRuntime(options, nobody, new SimpleMeterRegistry())) {
            runtime.open("one", home, context -> new Witness(Execution.INLINE));
            assertThatThrownBy(() -> runtime.open("one", home, context -> new Witness(Execution.INLINE)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("\"one\" is served already");
        }
    }
}
