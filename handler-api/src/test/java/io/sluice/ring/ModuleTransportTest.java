// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ModuleTransportTest {
    private static final long LONG_NANOS = 20_000_000_000L;
    private static final Transport.LocalWork NONE = () -> false;

    private final ModuleDouble[] made = new ModuleDouble[1];
    private GatewayRegion gateway;
    private Transport transport;
    private RingQueue queue;
    private ModuleDouble device;

    @BeforeEach
    void open() throws NativeException {
        gateway = ModuleDouble.region(1, 8, made);
        transport = gateway.transport();
        queue = transport.queue(0);
        device = made[0];
    }

    @AfterEach
    void close() {
        transport.close();
        assertThat(device.closed).isTrue();
    }

    private static GatewayRegion.Command command() {
        return new GatewayRegion.Command(1, 1, 1, 0, 1, 0, new byte[6], 0, 0, 0, 0);
    }

    private void answer(int tag) {
        queue.take(1);
        queue.complete(tag, 1, 0, 0, 0);
    }

    @Test
    void shouldTakeWaitingCommandsWithoutACall() {
        gateway.submit(0, 3, 1, command());
        assertThat(transport.enter(queue, 1, 8, LONG_NANOS, NONE)).isEqualTo(1);
        assertThat(queue.peekTag(0)).isEqualTo(3);
        assertThat(device.enters).hasValue(0);
    }

    @Test
    void shouldGiveAnswersWithOneCallThatDoesNotSleepWhenCommandsWait() {
        gateway.submit(0, 1, 1, command());
        gateway.submit(0, 2, 1, command());
        answer(1);
        assertThat(transport.enter(queue, 1, 8, LONG_NANOS, NONE)).isEqualTo(1);
        assertThat(device.enters).hasValue(1);
        assertThat(device.sleeps).hasValue(0);
        assertThat(gateway.reap(0).tag()).isEqualTo(1);
    }

    @Test
    void shouldAnswerFetchAndSleepInOneCall() throws Exception {
        gateway.submit(0, 1, 1, command());
        answer(1);
        CompletableFuture<Integer> got = entering(NONE);
        awaitSleeper();
        assertThat(gateway.reap(0).tag()).as("given before the sleep").isEqualTo(1);
        gateway.submit(0, 2, 1, command());
        assertThat(got.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(device.enters).hasValue(1);
        assertThat(device.sleeps).hasValue(1);
    }

    @Test
    void shouldReturnForTheWorkOfAnotherThread() throws Exception {
        AtomicBoolean work = new AtomicBoolean();
        CompletableFuture<Integer> got = entering(work::get);
        awaitSleeper();
        work.set(true);
        transport.wake(queue);
        assertThat(got.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(device.wakes).hasValue(1);
    }

    @Test
    void shouldNotCallTheDeviceToWakeWhoDoesNotSleep() {
        transport.wake(queue);
        assertThat(device.wakes).hasValue(0);
    }

    @Test
    void shouldNotSleepWhenWorkCameWhileItWasAboutTo() {
        assertThat(transport.enter(queue, 1, 8, LONG_NANOS, () -> true)).isZero();
        assertThat(device.enters).hasValue(0);
    }

    @Test
    void shouldReturnWhenTheTimeIsOver() {
        long start = System.nanoTime();
        assertThat(transport.enter(queue, 1, 8, 20_000_000L, NONE)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000L);
    }

    @Test
    void shouldNotTurnInCirclesWhenTheSessionIsBroken() {
        device.broken = true;
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(transport.enter(queue, 1, 8, LONG_NANOS, NONE)).isZero();
        }
        assertThat(System.nanoTime() - start).isGreaterThan(10_000_000L);
    }

    @Test
    void shouldGiveRequestsWhileAnotherThreadWaitsForEvents() throws Exception {
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> transport.awaitAdmin(LONG_NANOS));
        awaitSleeper();
        transport.admin().controlMode(1, 0);
        transport.signalAdmin();
        assertThat(device.enters).hasValue(2);
        assertThat(gateway.reapRequest().type()).isEqualTo(Abi.REQUEST_CONTROL_MODE);
        assertThat(waiting).isNotDone();
        transport.wakeAdmin();
        waiting.get(10, TimeUnit.SECONDS);
    }

    private CompletableFuture<Integer> entering(Transport.LocalWork work) {
        return CompletableFuture.supplyAsync(() -> transport.enter(queue, 1, 8, LONG_NANOS, work));
    }

    private void awaitSleeper() throws InterruptedException {
        while (device.sleeps.get() == 0) {
            Thread.sleep(1);
        }
    }
}
