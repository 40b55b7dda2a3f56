// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testing;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProvider;
import io.sluice.handler.TaskManagementFunction;
import io.sluice.ring.Abi;
import io.sluice.ring.AddedDevice;
import io.sluice.ring.AdminRing;
import io.sluice.ring.GatewayRegion;
import io.sluice.ring.Transport;
import io.sluice.runtime.DeviceBinding;
import io.sluice.runtime.GatewayLink;
import io.sluice.runtime.HandlerOptions;
import io.sluice.runtime.HandlerRuntime;
import io.sluice.scsi.AdditionalSense;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A gateway for the tests of one device.
 *
 * <pre>{@code
 * try (GatewayDouble gateway = GatewayDouble.open(new DiskProvider(), DeviceConfig.of("disk", Map.of("size", "1MiB")), dir)) {
 *     CommandResult result = gateway.execute("12 00 00 00 24 00", 36);         // Data-In: room for 36 bytes
 *     CommandResult written = gateway.execute("2A 00 00000000 00 0001 00", new byte[512]);  // Data-Out
 *     assertThat(gateway.execute("C0 00 00 00 00 00").additionalSense()).isEqualTo(INVALID_COMMAND_OPERATION_CODE);
 * }
 * }</pre>
 *
 * <p>The device runs on the real runtime over real rings; what is missing is the gateway's own part: no unit attentions,
 * reservations or ordering are enforced, they are only recorded. Data-In buffers are filled with A5h before each command, so
 * a device that reports bytes it has not written is found out. Threads: any; {@link TestNexus#submit} runs commands at once.
 */
public final class GatewayDouble implements AutoCloseable {
    /** What {@link #nexus()} is. */
    public static final String DEFAULT_INITIATOR = "iqn.2026-11.io.sluice.test:initiator,i,0x000000000001";

    private static final String TARGET_PORT = "iqn.2026-11.io.sluice.test:target,t,0x0001";
    private static final int DEVICE = 7;
    private static final byte POISON = (byte) 0xA5;
    private static final long SECOND = 1_000_000_000L;

    /** Opens the device; it may throw whatever a provider may. */
    @FunctionalInterface
    public interface Opener {
        Device open(DeviceContext context) throws DeviceConfigException, IOException;
    }

    private final GatewayRegion region;
    private final HandlerRuntime runtime;
    private final MeterRegistry meters;
    private final boolean takesOver;
    private final Device device;
    private final List<UnitAttention> attentions = new ArrayList<>();
    private final @Nullable PendingCommand[][] pending;
    private final BufferSpace buffers;
    private final Thread reaper;
    private int[] generations;
    private int maxTransfer;
    private int controlMode;
    private int nextNexus = 1;
    private int nextQueue;
    private int outstanding;
    private long sequence;
    private volatile boolean closed;
    private final TestNexus first;

    private GatewayDouble(Options options, String name, Path home, Opener opener)
            throws DeviceConfigException, IOException {
        region = new GatewayRegion(options.queues, options.depth, options.poolBytes);
        meters = options.meters;
        takesOver = options.takesOver;
        sequence = options.sequence;
        pending = new @Nullable PendingCommand[options.queues][options.depth];
        generations = new int[options.queues * options.depth];
        buffers = new BufferSpace(options.poolBytes);
        HandlerOptions handler =
                new HandlerOptions("double", options.queues, options.depth, 16L << 20, options.workers);
        runtime = new HandlerRuntime(handler, lost -> new Link(), meters);
        runtime.start();
        first = nexus(DEFAULT_INITIATOR);
        try {
            device = runtime.open(name, home, opener::open);
        } catch (DeviceConfigException | IOException | RuntimeException failed) {
            runtime.close();
            throw failed;
        }
        reaper = Thread.ofPlatform().daemon().name("gateway-double").unstarted(this::reap);
        reaper.start();
    }

    /** Sizes that seldom matter. */
    public static final class Options {
        private int queues = 1;
        private int depth = 64;
        private int workers = 2;
        private long poolBytes = 48L << 20;
        private MeterRegistry meters = new SimpleMeterRegistry();
        private boolean takesOver;
        private long sequence;

        private Options() {}

        /**
         * The device takes over from one that served in the same home: {@link Device#takenOver} in place of {@link
         * Device#poweredOn}.
         *
         * @param afterSequence {@link CommandResult#sequence} of the last command that the former one had
         */
        public Options takesOver(long afterSequence) {
            takesOver = true;
            sequence = afterSequence;
            return this;
        }

        /** Queue loops; commands are spread over them in turn. */
        public Options queues(int count) {
            queues = count;
            return this;
        }

        /** Commands per queue, a power of two. */
        public Options depth(int commands) {
            depth = commands;
            return this;
        }

        /** Worker threads. */
        public Options workers(int threads) {
            workers = threads;
            return this;
        }

        public Options pool(long bytes) {
            poolBytes = bytes;
            return this;
        }

        public Options meters(MeterRegistry registry) {
            meters = registry;
            return this;
        }
    }

    public static Options options() {
        return new Options();
    }

    /** Opens a device through its provider, unknown keys refused, as the appliance does. */
    public static GatewayDouble open(DeviceProvider provider, DeviceConfig config, Path home)
            throws DeviceConfigException, IOException {
        return open(options(), config.name(), home, context -> {
            Device opened = provider.open(context, config);
            config.rejectUnknown();
            return opened;
        });
    }

    /** Opens a device by hand. */
    public static GatewayDouble open(String name, Path home, Opener opener) throws DeviceConfigException, IOException {
        return open(options(), name, home, opener);
    }

    public static GatewayDouble open(Options options, String name, Path home, Opener opener)
            throws DeviceConfigException, IOException {
        return new GatewayDouble(options, name, home, opener);
    }

    /** The gateway's half of the calls beside the ring. */
    private final class Link implements GatewayLink {
        @Override
        public Transport transport() {
            return region.transport();
        }

        @Override
        public AddedDevice addDevice(DeviceBinding binding) {
            maxTransfer = binding.profile().maxTransferBytes();
            controlMode = binding.controlMode();
            return new AddedDevice(DEVICE, takesOver, sequence);
        }

        @Override
        public void quiesce() {}

        @Override
        public void removeDevice(int id) throws IOException {
            synchronized (GatewayDouble.this) {
                if (outstanding > 0) {
                    throw new IOException("device has " + outstanding + " commands");
                }
            }
            stopReaping(); // nothing is left to reap, and the memory goes next
        }

        @Override
        public boolean isBusy(IOException failure) {
            return true;
        }

        @Override
        public void close() {}
    }

    public Device device() {
        return device;
    }

    public MeterRegistry meters() {
        return meters;
    }

    // ---- nexuses

    /** The nexus that {@code execute} uses; there from the start. */
    public TestNexus nexus() {
        return first;
    }

    /** One more nexus. */
    public TestNexus nexus(String initiatorPort) {
        synchronized (this) {
            int id = nextNexus++;
            event(Abi.EVENT_NEXUS_ADD, id, 0, initiatorPort, TARGET_PORT);
            return new TestNexus(this, id);
        }
    }

    void close(TestNexus nexus) {
        event(Abi.EVENT_NEXUS_REMOVE, nexus.id(), 0, "", "");
        settle();
    }

    /** LOGICAL UNIT RESET; returns when the device was told. */
    public void logicalUnitReset() {
        event(Abi.EVENT_LUN_RESET, 0, 0, "", "");
        settle();
    }

    /** A task management function of the default nexus, such as ABORT TASK SET. */
    public void taskManagement(TaskManagementFunction function) {
        event(Abi.EVENT_TASK_MANAGEMENT, first.id(), function.code(), "", "");
        settle();
    }

    private synchronized void event(int type, int nexus, int function, String initiator, String target) {
        region.event(new AdminRing.Event(type, DEVICE, nexus, function, 0, 0, 0, initiator, target));
    }

    /** Waits until the handler has read the events. */
    private void settle() {
        long start = System.nanoTime();
        while (region.unreadEvents() > 0) {
            if (System.nanoTime() - start > 10 * SECOND) {
                throw new IllegalStateException("the device did not return from an event within 10 s");
            }
            LockSupport.parkNanos(20_000);
        }
    }

    // ---- what the device raised

    /** The unit attentions raised so far, and forgets them. */
    public List<UnitAttention> takeUnitAttentions() {
        synchronized (this) {
            drainRequests();
            List<UnitAttention> taken = List.copyOf(attentions);
            attentions.clear();
            return taken;
        }
    }

    /** D_SENSE as the device reported it last. */
    public synchronized boolean descriptorSense() {
        drainRequests();
        return (controlMode & Abi.CONTROL_MODE_D_SENSE) != 0;
    }

    /** The Control mode page's values as the device reported them last: the ABI's {@code SLUICE_CONTROL_MODE_*}. */
    public synchronized int controlMode() {
        drainRequests();
        return controlMode;
    }

    private void drainRequests() {
        while (region.pendingRequests() > 0) {
            GatewayRegion.Request request = region.reapRequest();
            if (request.type() == Abi.REQUEST_CONTROL_MODE) {
                controlMode = request.controlMode();
            } else {
                UnitAttention.Scope scope = switch (request.scope()) {
                    case Abi.UA_ALL -> UnitAttention.Scope.ALL;
                    case Abi.UA_ALL_BUT -> UnitAttention.Scope.EXCEPT;
                    default -> UnitAttention.Scope.ONLY;
                };
                attentions.add(
                        new UnitAttention(scope, request.nexus(), AdditionalSense.of(request.asc(), request.ascq())));
            }
        }
    }

    // ---- commands of the default nexus

    /** A command without data. */
    public CommandResult execute(String cdb) {
        return first.execute(cdb);
    }

    /** A command with Data-In, for which the initiator has {@code expectedLength} bytes of room. */
    public CommandResult execute(String cdb, int expectedLength) {
        return first.execute(cdb, expectedLength);
    }

    /** A command with Data-Out. */
    public CommandResult execute(String cdb, byte[] dataOut) {
        return first.execute(cdb, dataOut);
    }

    void submit(PendingCommand command) {
        long start = System.nanoTime();
        while (!trySubmit(command)) {
            if (System.nanoTime() - start > 30 * SECOND) {
                throw new IllegalStateException("no free tag or buffer for 30 s: the device holds " + outstanding
                        + " commands; does it end each of them?");
            }
            LockSupport.parkNanos(20_000);
        }
        LockSupport.unpark(reaper);
    }

    private synchronized boolean trySubmit(PendingCommand command) {
        int queue = nextQueue;
        int tag = freeTag(queue);
        int length = Math.min(command.expectedLength(), maxTransfer);
        long offset = tag < 0 ? -1 : length == 0 ? 0 : buffers.allocate(length);
        if (offset < 0) {
            return false;
        }
        nextQueue = (queue + 1) % pending.length;
        int outLength = Math.min(command.dataOut().length, length);
        if (length > 0) {
            region.pool().asSlice(offset, length).fill(POISON);
            MemorySegment.copy(command.dataOut(), 0, region.pool(), ValueLayout.JAVA_BYTE, offset, outLength);
        }
        command.placed(offset, length);
        pending[queue][tag] = command;
        outstanding++;
        region.submit(
                queue,
                tag,
                ++generations[queue * region.depth() + tag],
                new GatewayRegion.Command(
                        DEVICE,
                        command.nexus(),
                        command.sequence(++sequence),
                        command.flags(),
                        1,
                        command.direction().code(),
                        command.cdb(),
                        offset,
                        length,
                        command.expectedLength(),
                        outLength));
        return true;
    }

    private int freeTag(int queue) {
        for (int tag = 0; tag < pending[queue].length; tag++) {
            if (pending[queue][tag] == null) {
                return tag;
            }
        }
        return -1;
    }

    private void reap() {
        int idle = 0;
        while (!closed) {
            if (reapOnce()) {
                idle = 0;
            } else if (++idle < 2000) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(outstanding > 0 ? 20_000 : TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    private synchronized boolean reapOnce() {
        boolean any = false;
        for (int queue = 0; queue < pending.length; queue++) {
            while (region.pending(queue) > 0) {
                // Requests first: what was stored before a completion takes effect before it.
                drainRequests();
                complete(queue, region.reap(queue));
                any = true;
            }
        }
        return any;
    }

    private void complete(int queue, GatewayRegion.Completion completion) {
        PendingCommand command = pending[queue][completion.tag()];
        int slot = queue * region.depth() + completion.tag();
        if (command == null || completion.generation() != generations[slot]) {
            throw new IllegalStateException("completion of tag " + completion.tag() + ", generation "
                    + completion.generation() + ": no such command is outstanding");
        }
        pending[queue][completion.tag()] = null;
        outstanding--;
        command.complete(region.pool(), completion);
        if (command.bufferLength() > 0) {
            buffers.release(command.bufferOffset(), command.bufferLength());
        }
    }

    /** Closes device and runtime. */
    @Override
    public void close() {
        runtime.close();
        stopReaping();
    }

    private void stopReaping() {
        closed = true;
        try {
            reaper.join(5000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
