// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandTable;
import io.sluice.ring.Abi;
import io.sluice.ring.AddedDevice;
import io.sluice.ring.AdminRing;
import io.sluice.ring.GatewayRegion;
import io.sluice.ring.ModuleDouble;
import io.sluice.ring.Transport;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.PeripheralDeviceType;
import io.sluice.scsi.SenseKey;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A million commands through rings, loop, executors and a device: not one byte of garbage. */
@Timeout(300)
class HotPathAllocationTest {
    private static final int DEPTH = 64;
    private static final int WARM_UP = 300_000;
    private static final int COUNTED = 1_000_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @EnumSource(Execution.class)
    void shouldAllocateNothingPerCommand(Execution execution, @TempDir Path home) throws Exception {
        run(execution, home, new GatewayRegion(1, DEPTH, 16L << 20));
    }

    @ParameterizedTest
    @EnumSource(Execution.class)
    void shouldAllocateNothingPerCommandOfTheModule(Execution execution, @TempDir Path home) throws Exception {
        run(execution, home, ModuleDouble.region(1, DEPTH, 16L << 20));
    }

    private static void run(Execution execution, Path home, GatewayRegion gateway) throws Exception {
        HandlerOptions options = new HandlerOptions("test", 1, DEPTH, 16L << 20, 2);
        try (HandlerRuntime runtime =
                new HandlerRuntime(options, lost -> new Link(gateway), new SimpleMeterRegistry())) {
            runtime.start();
            BlockDevice device = new BlockDevice(execution);
            runtime.open("disk", home, context -> device);
            gateway.event(new AdminRing.Event(Abi.EVENT_NEXUS_ADD, 0, 1, 0, 0, 0, 0, "i,i,0x1", "t,t,0x1"));
            for (int tag = 0; tag < DEPTH; tag++) {
                gateway.fill(0, tag, 0, command(tag));
            }
            int[] generations = new int[DEPTH];
            drive(gateway, generations, WARM_UP);
            assertThat(device.threads).hasSize(3);
            long[] before = allocated(device.threads);
            drive(gateway, generations, COUNTED);
            long[] after = allocated(device.threads);
            for (int again = 0; again < 2 && !Arrays.equals(before, after); again++) {
                // A branch that warm-up never took was linked, once per process; what allocates per command does so
                // again.
                before = allocated(device.threads);
                drive(gateway, generations, COUNTED);
                after = allocated(device.threads);
            }
            assertThat(after).as("bytes per thread of %s", device.threads).isEqualTo(before);
            assertThat(device.executed()).isGreaterThanOrEqualTo(WARM_UP + COUNTED);
        }
    }

    /** Reads, writes, and one in sixteen that fails with sense data. */
    private static GatewayRegion.Command command(int tag) {
        String cdb = switch (tag % 16) {
            case 0 -> "28 00 7F FF FF FF 00 00 08 00 00 00 00 00 00 00";
            case 1, 2, 3 -> "2A 00 00 00 00 08 00 00 08 00 00 00 00 00 00 00";
            case 4 -> "28 80 00 00 00 08 00 00 08 00 00 00 00 00 00 00";
            default -> "28 00 00 00 00 08 00 00 08 00 00 00 00 00 00 00";
        };
        byte[] bytes = HexFormat.of().parseHex(cdb.replace(" ", ""));
        boolean write = tag % 16 >= 1 && tag % 16 <= 3;
        return new GatewayRegion.Command(
                1, 1, 1, 0, 1, write ? 1 : 2, bytes, tag * 4096L, 4096, 4096, write ? 4096 : 0);
    }

    @SuppressWarnings("ThreadPriorityCheck") // two processors are fewer than the threads at work here
    private static void drive(GatewayRegion gateway, int[] generations, int count) {
        int submitted = 0;
        int ended = 0;
        for (int tag = 0; tag < DEPTH; tag++) {
            gateway.submitAgain(0, tag, ++generations[tag]);
            submitted++;
        }
        while (ended < count) {
            if (gateway.pending(0) == 0) {
                Thread.yield();
                continue;
            }
            int tag = gateway.peekTag(0);
            gateway.discard(0, 1);
            ended++;
            if (submitted < count) {
                gateway.submitAgain(0, tag, ++generations[tag]);
                submitted++;
            }
        }
    }

    private static long[] allocated(Set<Thread> threads) {
        return threads.stream()
                .sorted((a, b) -> Long.compare(a.threadId(), b.threadId()))
                .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.threadId()))
                .toArray();
    }

    private record Link(GatewayRegion gateway) implements GatewayLink {
        @Override
        public Transport transport() {
            return gateway.transport();
        }

        @Override
        public AddedDevice addDevice(DeviceBinding binding) {
            return new AddedDevice(1, false, 0);
        }

        @Override
        public void quiesce() {}

        @Override
        public void removeDevice(int device) {}

        @Override
        public void close() {}
    }

    private static final class BlockDevice implements Device {
        private final Execution execution;
        private final MemorySegment medium = Arena.ofAuto().allocate(1 << 20);
        private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
        private final AtomicLong executed = new AtomicLong();
        private final CommandTable table = CommandTable.builder()
                .command(OpCode.READ_10, "28 18 FF FF FF FF 00 FF FF 00", this::transfer)
                .command(OpCode.WRITE_10, "2A 18 FF FF FF FF 00 FF FF 00", this::transfer)
                .build();

        private BlockDevice(Execution execution) {
            this.execution = execution;
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith("sluice-queue")
                        || thread.getName().startsWith("sluice-worker")) {
                    threads.add(thread);
                }
            }
        }

        private long executed() {
            return executed.get();
        }

        @Override
        public DeviceProfile profile() {
            return DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, execution)
                    .build();
        }

        @Override
        public void execute(ScsiCommand command) {
            executed.incrementAndGet();
            table.execute(command);
        }

        private void transfer(ScsiCommand command) {
            long from = command.cdb32(2) * 512;
            int bytes = command.cdb16(7) * 512;
            if (from + bytes > medium.byteSize()) {
                command.sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE)
                        .information(command.cdb32(2));
                command.check();
            } else if (command.opcode() == OpCode.WRITE_10) {
                command.read(0, medium, from, bytes);
                command.good(bytes);
            } else {
                command.fill(0, 16, 0);
                command.write(0, medium, from, bytes);
                command.good(bytes);
            }
        }
    }
}
