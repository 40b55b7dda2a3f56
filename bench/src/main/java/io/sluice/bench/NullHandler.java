// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.runtime.HandlerOptions;
import io.sluice.runtime.HandlerRuntime;
import io.sluice.runtime.SessionLink;
import io.sluice.scsi.PeripheralDeviceType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * A handler process with the runtime that the appliance uses and one device that ends every command at once: what it costs
 * is what any Java device costs at least. Each line on standard input is answered by one of counters: {@link HandlerCounts}.
 */
@CommandLine.Command(name = "null-handler", hidden = true, description = "the Java side of `bench ring`")
final class NullHandler implements Callable<Integer> {
    private static final int QUEUE_DEPTH = 256;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Option(names = "--socket", required = true, description = "of ring-load")
    Path socket = Path.of("");

    @Option(names = "--cpu", defaultValue = "-1", description = "of the queue loop")
    int cpu;

    private static final class NullDevice implements Device {
        private long commands; // the queue loop's own; read when nothing is in flight

        @Override
        public DeviceProfile profile() {
            return DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.INLINE)
                    .build();
        }

        @Override
        @HotPath
        public void execute(ScsiCommand command) {
            commands++;
            command.good();
        }

        @Override
        public void close() {}
    }

    @Override
    public Integer call() throws Exception {
        HandlerOptions options =
                new HandlerOptions("null", 1, QUEUE_DEPTH, 16L << 20, 1).onCpus(cpu < 0 ? List.of() : List.of(cpu));
        MeterRegistry registry = new SimpleMeterRegistry();
        try (HandlerRuntime runtime = new HandlerRuntime(options, SessionLink.connector(socket, options), registry)) {
            NullDevice device = new NullDevice();
            runtime.open("null", Path.of(System.getProperty("java.io.tmpdir")), context -> device);
            runtime.start();
            answer(device, registry);
        }
        return 0;
    }

    private static void answer(NullDevice device, MeterRegistry registry) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        long thread = queueThread();
        while (input.readLine() != null) {
            System.out.println(new HandlerCounts(
                            device.commands,
                            value(registry, "sluice.ring.enters"),
                            value(registry, "sluice.ring.spins"),
                            value(registry, "sluice.ring.sleeps"),
                            value(registry, "sluice.ring.wakes"),
                            THREADS.getThreadAllocatedBytes(thread))
                    .line());
        }
    }

    private static long value(MeterRegistry registry, String meter) {
        return (long) registry.get(meter).functionCounter().count();
    }

    private static long queueThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sluice-queue"))
                .findFirst()
                .orElseThrow()
                .threadId();
    }
}
