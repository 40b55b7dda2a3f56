// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ScsiCommand;
import io.sluice.ring.Abi;
import io.sluice.ring.AddedDevice;
import io.sluice.ring.AdminRing;
import io.sluice.ring.GatewayRegion;
import io.sluice.ring.NativeException;
import io.sluice.ring.RestoredReservations;
import io.sluice.ring.Transport;
import io.sluice.scsi.PeripheralDeviceType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway wants stored of a device's reservations, and what it is given back. */
@Timeout(60)
class ReservationStoreTest {
    private static final HandlerOptions OPTIONS = new HandlerOptions("test", 1, 8, 16L << 20, 1);
    private static final byte[] OLD = "the record before".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "the record behind it".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path home;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<ScsiCommand> executed = new CopyOnWriteArrayList<>();
    private final GatewayRegion region;

    ReservationStoreTest() throws NativeException {
        region = new GatewayRegion(OPTIONS.queues(), OPTIONS.depth(), OPTIONS.poolBytes());
    }

    /** One session, which notes what it is told in order. */
    private GatewayLink connect(GatewayLink.LossListener lost) {
        return new GatewayLink() {
            @Override
            public Transport transport() {
                return region.transport();
            }

            @Override
            public RestoredReservations restoreReservations(String device, byte[] record) {
                told.add("restore " + device + ": " + new String(record, StandardCharsets.UTF_8));
                return new RestoredReservations(RestoredReservations.Outcome.LOST, 0, "its checksum does not fit");
            }

            @Override
            public AddedDevice addDevice(DeviceBinding binding) {
                told.add("add " + binding.name());
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

    private HandlerRuntime runtime(Execution execution) throws Exception {
        HandlerRuntime runtime = new HandlerRuntime(OPTIONS, this::connect, new SimpleMeterRegistry());
        runtime.start();
        DeviceProfile profile =
                DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, execution).build();
        runtime.open("disk", home, context -> Device.of(profile, executed::add));
        return runtime;
    }

    private Path file() {
        return home.resolve("reservations");
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000L);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /** The gateway's side: a PERSISTENT RESERVE OUT that is not to be executed. */
    private GatewayRegion.Completion store(int tag, long sequence, byte[] record) {
        MemorySegment.copy(MemorySegment.ofArray(record), 0, region.pool(), 4096, record.length);
        region.submit(
                0,
                tag,
                1,
                new GatewayRegion.Command(
                        3,
                        1,
                        sequence,
                        Abi.DESC_STORE,
                        1,
                        1,
                        new byte[] {0x5f, 0, 0, 0, 0, 0, 0, 0, 24, 0},
                        4096,
                        record.length,
                        record.length,
                        record.length));
        await(() -> region.pending(0) == 1);
        return region.reap(0);
    }

    private void nexus() {
        region.event(new AdminRing.Event(Abi.EVENT_NEXUS_ADD, 0, 1, 0, 0, 0, 0, "i,i,0x1", "t,t,0x1"));
    }

    @ParameterizedTest
    @EnumSource(Execution.class)
    void shouldStoreBeforeItSaysGoodWhateverTheDeviceDoes(Execution execution) throws Exception {
        try (HandlerRuntime runtime = runtime(execution)) {
            nexus();
            assertThat(store(0, 1, OLD).status()).isZero();
            assertThat(Files.readAllBytes(file())).isEqualTo(OLD);
            assertThat(store(1, 2, NEW).status()).isZero();
            assertThat(Files.readAllBytes(file())).isEqualTo(NEW);
            assertThat(executed).isEmpty();
            assertThat(runtime.isConnected()).isTrue();
        }
    }

    @Test
    void shouldSayHardwareErrorAndKeepTheOldRecordWhenItCannotStore() throws Exception {
        try (HandlerRuntime runtime = runtime(Execution.INLINE)) {
            nexus();
            assertThat(store(0, 1, OLD).status()).isZero();
            Files.createDirectory(home.resolve("reservations.new")); // in the way
            GatewayRegion.Completion failed = store(1, 2, NEW);
            assertThat(failed.status()).isEqualTo(2);
            assertThat(failed.sense()[2]).isEqualTo((byte) 4);
            assertThat(Files.readAllBytes(file())).isEqualTo(OLD);
            Files.delete(home.resolve("reservations.new"));
            assertThat(store(2, 3, NEW).status()).isZero();
            assertThat(runtime.isConnected()).isTrue();
        }
    }

    /** One that hung until the gateway gave it up must not undo what came after it. */
    @Test
    void shouldNotReplaceANewerRecordByAnOlderOne() throws Exception {
        ReservationStore store = new ReservationStore("disk", home);
        store.store(NEW, 7);
        assertThatThrownBy(() -> store.store(OLD, 6)).isInstanceOf(IOException.class);
        assertThat(store.read()).isEqualTo(NEW);
        store.sessionBegins();
        store.store(OLD, 1);
        assertThat(store.read()).isEqualTo(OLD);
    }

    /** Wherever a kill or a power cut comes in between, there is the record before, whole. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 20})
    void shouldHaveTheOldRecordWhenItWasKilledBeforeTheRename(int written) throws Exception {
        ReservationStore store = new ReservationStore("disk", home);
        store.store(OLD, 1);
        Files.write(home.resolve("reservations.new"), Arrays.copyOf(NEW, written));
        assertThat(new ReservationStore("disk", home).read()).isEqualTo(OLD);
        store.store(NEW, 2);
        assertThat(new ReservationStore("disk", home).read()).isEqualTo(NEW);
        assertThat(home.resolve("reservations.new")).doesNotExist();
    }

    @Test
    void shouldGiveTheRecordBackBeforeTheDeviceIsAdded() throws Exception {
        Files.write(file(), OLD);
        try (HandlerRuntime runtime = runtime(Execution.SERIAL)) {
            assertThat(told).containsExactly("restore disk: the record before", "add disk");
            assertThat(runtime.isConnected()).isTrue(); // though the record was damaged
        }
    }

    @Test
    void shouldGiveNothingBackWhenNothingWasStored() throws Exception {
        try (HandlerRuntime runtime = runtime(Execution.SERIAL)) {
            assertThat(told).containsExactly("add disk");
            assertThat(runtime.isConnected()).isTrue();
        }
    }

    /** An empty file, or one that is not readable, is not the same as none. */
    @Test
    void shouldTellTheGatewayOfARecordThatCannotBeRead() throws Exception {
        Files.createDirectory(file());
        assertThat(new ReservationStore("disk", home).read()).hasSize(1);
        Files.delete(file());
        Files.createFile(file());
        assertThat(new ReservationStore("disk", home).read()).hasSize(1);
    }
}
