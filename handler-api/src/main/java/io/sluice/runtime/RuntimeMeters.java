// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.handler.DeviceMeters;
import io.sluice.ring.RingQueue;
import io.sluice.ring.WaitStatistics;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ScsiStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToLongFunction;

/**
 * The runtime's meters. Nothing is pushed: each meter reads a field that one loop writes. Commands by opcode and status
 * appear when the first such command was seen, looked for whenever the registry is scraped.
 */
final class RuntimeMeters implements AutoCloseable {
    private static final String[] STATUS_NAMES = statusNames();

    private final MeterRegistry registry;
    private final HandlerRuntime runtime;
    private final List<Meter> own = new ArrayList<>();
    private final Map<String, List<Meter>> byDevice = new HashMap<>();
    private final Map<String, Set<Integer>> seen = new ConcurrentHashMap<>();

    RuntimeMeters(MeterRegistry registry, HandlerRuntime runtime) {
        this.registry = registry;
        this.runtime = runtime;
        own.add(Gauge.builder("sluice.sessions", runtime, HandlerRuntime::openSessions)
                .description("Handler sessions open at the gateway: 1 or 0")
                .register(registry));
        own.add(FunctionCounter.builder("sluice.sessions.lost", runtime, HandlerRuntime::sessionsLost)
                .description("Sessions that ended without this process asking")
                .register(registry));
        own.add(FunctionCounter.builder("sluice.commands.ended.twice", runtime, HandlerRuntime::refusedEnds)
                .description("Commands that a device ended more than once; refused")
                .register(registry));
        own.add(Gauge.builder(
                        "sluice.workers.backlog", runtime, r -> r.workers().backlog())
                .description("Commands and mailboxes that wait for a worker thread")
                .register(registry));
        for (int q = 0; q < runtime.options().queues(); q++) {
            addQueue(q);
        }
    }

    private static String[] statusNames() {
        String[] names = new String[CommandCounters.STATUS_SLOTS];
        names[CommandCounters.STATUS_SLOTS - 1] = "OTHER";
        for (ScsiStatus status : ScsiStatus.values()) {
            names[CommandCounters.slot(status.code())] = status.name();
        }
        return names;
    }

    private void addQueue(int q) {
        String queue = Integer.toString(q);
        own.add(Gauge.builder(
                        "sluice.ring.depth", runtime, r -> ring(r, q, (queueOf, w) -> queueOf.submissionBacklog()))
                .description("Commands in the submission ring that the loop has not taken")
                .tag("queue", queue)
                .register(registry));
        own.add(Gauge.builder(
                        "sluice.ring.replies", runtime, r -> ring(r, q, (queueOf, w) -> queueOf.completionBacklog()))
                .description("Completions that the gateway has not taken")
                .tag("queue", queue)
                .register(registry));
        wait("sluice.ring.enters", "Calls that publish replies and take commands", q, WaitStatistics::enters);
        wait("sluice.ring.spins", "Waits that began with spinning", q, WaitStatistics::spins);
        wait("sluice.ring.yields", "Waits in which the processor was given away", q, WaitStatistics::yields);
        wait("sluice.ring.sleeps", "Waits that ended asleep", q, WaitStatistics::sleeps);
        wait("sluice.ring.wakes", "Times the gateway had to be woken", q, WaitStatistics::wakes);
    }

    private void wait(String name, String description, int q, ToLongFunction<WaitStatistics> value) {
        own.add(FunctionCounter.builder(name, runtime, r -> ring(r, q, (queue, waits) -> value.applyAsLong(waits)))
                .description(description)
                .tag("queue", Integer.toString(q))
                .register(registry));
    }

    private static double ring(HandlerRuntime runtime, int q, ToDoubleBiFunction<RingQueue, WaitStatistics> value) {
        HandlerSession session = runtime.session();
        return session == null
                ? 0
                : session.read(
                        transport -> value.applyAsDouble(transport.queue(q), transport.statistics(transport.queue(q))));
    }

    // ---- devices

    synchronized void addDevice(ServedDevice device) {
        String name = device.name();
        counter(name, "sluice.bytes.in", "Data-In bytes that commands reported", device, CommandCounters::bytesIn);
        counter(name, "sluice.bytes.out", "Data-Out bytes that commands reported", device, CommandCounters::bytesOut);
        add(
                name,
                Gauge.builder("sluice.commands.held", device, ServedDevice::held)
                        .description("Commands that the device has taken and not ended")
                        .tag("device", name)
                        .register(registry));
        add(
                name,
                FunctionCounter.builder("sluice.device.exceptions", device, ServedDevice::exceptions)
                        .description("Exceptions that the device threw")
                        .tag("device", name)
                        .register(registry));
        add(
                name,
                FunctionTimer.builder(
                                "sluice.command.latency",
                                device,
                                d -> d.sum(CommandCounters::endedCount),
                                d -> d.sum(CommandCounters::nanos),
                                TimeUnit.NANOSECONDS)
                        .description("From the ring to the answer")
                        .tag("device", name)
                        .register(registry));
        for (int b = 0; b < CommandCounters.BUCKETS; b++) {
            int bucket = b;
            boolean last = b == CommandCounters.BUCKETS - 1;
            double seconds = (1L << (b + CommandCounters.FIRST_BUCKET_BITS)) / 1e9;
            add(
                    name,
                    FunctionCounter.builder("sluice.command.latency.bucket", device, d -> cumulative(d, bucket))
                            .description("Commands that took at most `le` seconds")
                            .tag("device", name)
                            .tag("le", last ? "+Inf" : Double.toString(seconds))
                            .register(registry));
        }
        add(
                name,
                Gauge.builder("sluice.commands.opcodes", device, this::discover)
                        .description("Pairs of operation code and status that the device has seen")
                        .tag("device", name)
                        .register(registry));
    }

    private void counter(
            String device, String name, String text, ServedDevice of, ToLongFunction<CommandCounters> value) {
        add(
                device,
                FunctionCounter.builder(name, of, d -> d.sum(value))
                        .description(text)
                        .tag("device", device)
                        .register(registry));
    }

    private static long cumulative(ServedDevice device, int upTo) {
        long sum = 0;
        for (int b = 0; b <= upTo; b++) {
            int bucket = b;
            sum += device.sum(counters -> counters.bucket(bucket));
        }
        return sum;
    }

    /** Registers a counter for each pair that has come up since; called by each scrape. */
    private double discover(ServedDevice device) {
        Set<Integer> known = seen.computeIfAbsent(device.name(), name -> ConcurrentHashMap.newKeySet());
        for (int opcode = 0; opcode < 256; opcode++) {
            for (int slot = 0; slot < CommandCounters.STATUS_SLOTS; slot++) {
                int code = opcode;
                int status = slot;
                if (device.sum(counters -> counters.count(code, status)) != 0 && known.add((opcode << 8) | slot)) {
                    add(
                            device.name(),
                            FunctionCounter.builder(
                                            "sluice.commands",
                                            device,
                                            d -> d.sum(counters -> counters.count(code, status)))
                                    .description("Commands ended by this handler")
                                    .tag("device", device.name())
                                    .tag("opcode", OpCode.name(opcode))
                                    .tag("status", STATUS_NAMES[slot])
                                    .register(registry));
                }
            }
        }
        return known.size();
    }

    private synchronized void add(String device, Meter meter) {
        byDevice.computeIfAbsent(device, name -> new ArrayList<>()).add(meter);
    }

    DeviceMeters ofDevice(String device) {
        return new DeviceMeters() {
            @Override
            public void counter(String name, String description, LongSupplier value) {
                add(
                        device,
                        FunctionCounter.builder("sluice.device." + name, value, LongSupplier::getAsLong)
                                .description(description)
                                .tag("device", device)
                                .register(registry));
            }

            @Override
            public void gauge(String name, String description, DoubleSupplier value) {
                add(
                        device,
                        Gauge.builder("sluice.device." + name, value, DoubleSupplier::getAsDouble)
                                .description(description)
                                .tag("device", device)
                                .strongReference(true)
                                .register(registry));
            }
        };
    }

    synchronized void removeDevice(String device) {
        List<Meter> meters = byDevice.remove(device);
        if (meters != null) {
            meters.forEach(registry::remove);
        }
        seen.remove(device);
    }

    @Override
    public synchronized void close() {
        own.forEach(registry::remove);
        byDevice.values().forEach(meters -> meters.forEach(registry::remove));
        byDevice.clear();
    }
}
