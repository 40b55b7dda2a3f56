// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code core-load}: the core alone, with one nexus and one unit, and with many of both, in one process. */
final class CoreLoad {
    private static final int COMMANDS_PER_SECOND = 1_000_000;

    private final Process load;

    CoreLoad(Path checkout, int nexuses, int units) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        checkout.resolve("kernel-gateway/build/release/core-load")
                                .toString(),
                        "" + nexuses,
                        "" + units))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // As the launcher starts sluiced.
        builder.environment().put("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
        load = builder.start();
    }

    /** Commands to one of its worlds (bench/core_load_main.c) as a subject: a run is as many as take about that long. */
    Subject world(String title, String world) {
        return new Subject() {
            @Override
            public String name() {
                return title;
            }

            @Override
            public double run(Workload workload, double seconds) throws IOException {
                long commands = (long) (seconds * COMMANDS_PER_SECOND);
                long took = ask("run " + world + " " + workload.depth() + " " + commands)[0];
                return commands * 1e9 / took;
            }

            @Override
            public void close() {}
        };
    }

    /** Bytes of an idle device, LUN, nexus, I_T_L nexus. */
    long[] memory() throws IOException {
        return ask("memory");
    }

    private long[] ask(String question) throws IOException {
        Writer writer = load.outputWriter();
        writer.write(question + "\n");
        writer.flush();
        BufferedReader reader = load.inputReader();
        String line = reader.readLine();
        if (line == null) {
            throw new IOException(question + ": core-load ended; it says above why");
        }
        return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    void close() throws InterruptedException {
        Command.stop(load);
    }
}
