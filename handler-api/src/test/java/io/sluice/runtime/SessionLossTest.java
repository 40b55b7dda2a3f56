// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.handler.ControlMode;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ScsiCommand;
import io.sluice.ring.Abi;
import io.sluice.ring.AddedDevice;
import io.sluice.ring.AdminRing;
import io.sluice.ring.GatewayRegion;
import io.sluice.ring.NativeException;
import io.sluice.ring.Transport;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.PeripheralDeviceType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SessionLossTest {
    private static final HandlerOptions OPTIONS = new HandlerOptions("test", 1, 8, 16L << 20, 1);
    private static final DeviceProfile PROFILE = DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.INLINE)
            .build();

    /** A gateway that refuses as many connections as it is told, and makes a new session for each other. */
    private static final class Gateways implements GatewayLink.Connector {
        private final List<GatewayRegion> regions = new CopyOnWriteArrayList<>();
        private final List<GatewayLink.LossListener> listeners = new CopyOnWriteArrayList<>();
        private final List<String> added = new CopyOnWriteArrayList<>();
        private final AtomicInteger refusals = new AtomicInteger();

        @Override
        public GatewayLink connect(GatewayLink.LossListener lost) throws IOException {
            if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new NativeException("connect /nowhere", 111, "start it");
            }
            GatewayRegion region = new GatewayRegion(OPTIONS.queues(), OPTIONS.depth(), OPTIONS.poolBytes());
            regions.add(region);
            listeners.add(lost);
            return new GatewayLink() {
                @Override
                public Transport transport() {
                    return region.transport();
                }

                @Override
                public AddedDevice addDevice(DeviceBinding binding) {
                    added.add(binding.name() + " " + binding.controlMode());
                    return new AddedDevice(3, false, 0);
                }

                @Override
                public void quiesce() {}

                @Override
                public void removeDevice(int device) {}

                @Override
                public void close() {}
            };
        }

        GatewayRegion latest() {
            return regions.getLast();
        }
    }

    @TempDir
    Path home;

    private final Gateways gateways = new Gateways();

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000L);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static void submit(GatewayRegion region, int tag) {
        region.event(new AdminRing.Event(Abi.EVENT_NEXUS_ADD, 0, 1, 0, 0, 0, 0, "i,i,0x1", "t,t,0x1"));
        region.submit(0, tag, 1, new GatewayRegion.Command(3, 1, 1, 0, 1, 2, new byte[6], 0, 512, 512, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {Abi.SESSION_BROKEN, Abi.SESSION_CLOSING})
    void shouldOpenANewSessionWhenTheStateChanges(int state) throws Exception {
        try (HandlerRuntime runtime = new HandlerRuntime(OPTIONS, gateways, new SimpleMeterRegistry())) {
            runtime.start();
            runtime.open("disk", home, context -> Device.of(PROFILE, ScsiCommand::good));
            gateways.refusals.set(3);
            gateways.latest().state(state);
            await(() -> gateways.regions.size() == 2 && runtime.isConnected());
            assertThat(gateways.added).containsExactly("disk 0", "disk 0");
            GatewayRegion region = gateways.latest();
            submit(region, 0);
            await(() -> region.pending(0) == 1);
            assertThat(region.reap(0).status()).isZero();
        }
    }

    @Test
    void shouldKeepMemoryUntilTheDeviceLetsGo() throws Exception {
        List<ScsiCommand> held = new CopyOnWriteArrayList<>();
        try (HandlerRuntime runtime = new HandlerRuntime(OPTIONS, gateways, new SimpleMeterRegistry())) {
            runtime.start();
            runtime.open("disk", home, context -> Device.of(PROFILE, held::add));
            GatewayRegion old = gateways.latest();
            submit(old, 5);
            await(() -> held.size() == 1);
            gateways.listeners.getFirst().lost("closed");
            await(() -> gateways.regions.size() == 2 && runtime.isConnected());
            assertThat(old.pool().scope().isAlive()).isTrue();
            // What it still works on may be handed over again: not before it has let go.
            assertThat(gateways.added).hasSize(1);
            held.getFirst().putU8(511, 1);
            held.getFirst().good();
            await(() -> !old.pool().scope().isAlive());
            await(() -> gateways.added.size() == 2);
            GatewayRegion region = gateways.latest();
            submit(region, 5);
            await(() -> held.size() == 2);
            held.get(1).good();
            await(() -> region.pending(0) == 1);
        }
    }

    @Test
    void shouldCarryModesAndUnitAttentionsIntoTheNextSession() throws Exception {
        List<DeviceContext> contexts = new CopyOnWriteArrayList<>();
        try (HandlerRuntime runtime = new HandlerRuntime(OPTIONS, gateways, new SimpleMeterRegistry())) {
            runtime.start();
            runtime.open("disk", home, context -> {
                contexts.add(context);
                return Device.of(PROFILE, ScsiCommand::good);
            });
            gateways.refusals.set(4);
            gateways.listeners.getFirst().lost("closed");
            await(() -> !runtime.isConnected());
            contexts.getFirst().controlModeChanged(ControlMode.of(true, false));
            contexts.getFirst().raiseUnitAttention(AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
            await(() -> gateways.regions.size() == 2 && runtime.isConnected());
            assertThat(gateways.added).containsExactly("disk 0", "disk " + Abi.CONTROL_MODE_D_SENSE);
            GatewayRegion region = gateways.latest();
            await(() -> region.pendingRequests() == 1);
            GatewayRegion.Request request = region.reapRequest();
            assertThat(request.scope()).isEqualTo(Abi.UA_ALL);
            assertThat(request.asc()).isEqualTo(0x2A);
            assertThat(request.ascq()).isEqualTo(0x09);
        }
    }
}
