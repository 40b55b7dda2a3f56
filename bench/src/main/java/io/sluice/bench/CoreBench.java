// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code sluice bench core}: what a command costs in the core when there are many nexuses and logical units. */
@CommandLine.Command(
        name = "core",
        mixinStandardHelpOptions = true,
        description = "The core alone: one nexus and one unit against many of both, interleaved")
final class CoreBench implements Callable<Integer> {
    @Option(names = "--checkout", defaultValue = ".", description = "root of the source tree (${DEFAULT-VALUE})")
    Path checkout = Path.of(".");

    @Option(names = "--rounds", defaultValue = "9", description = "interleaved runs of each (${DEFAULT-VALUE})")
    int rounds;

    @Option(names = "--seconds", defaultValue = "0.25", description = "about the length of a run (${DEFAULT-VALUE})")
    double seconds;

    @Option(names = "--nexuses", defaultValue = "1000", description = "I_T nexuses (${DEFAULT-VALUE})")
    int nexuses;

    @Option(names = "--units", defaultValue = "1000", description = "logical units of each (${DEFAULT-VALUE})")
    int units;

    @Option(names = "--write", description = "put the tables into bench/README.md")
    boolean write;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = checkout.toRealPath();
        CoreLoad load = new CoreLoad(root, nexuses, units);
        try {
            Interleaved result = new Interleaved(
                    List.of(
                            load.world("one nexus, one unit", "one"),
                            load.world("nexus after nexus, each its own unit", "own"),
                            load.world("unit after unit of a nexus", "turn"),
                            load.world("any nexus, any unit", "random")),
                    List.of(Workload.ring(1), Workload.ring(32)));
            result.run(rounds, seconds);
            String text = text(result, load.memory());
            System.out.println(text);
            if (write) {
                Report.write(root.resolve("bench/README.md"), "core", text);
            }
        } finally {
            load.close();
        }
        return 0;
    }

    private String text(Interleaved result, long[] memory) throws IOException {
        StringBuilder rows = new StringBuilder();
        Subject one = result.subjects().getFirst();
        for (Subject subject : result.subjects()) {
            rows.append("| ").append(subject.name()).append(" |");
            for (Workload workload : result.workloads()) {
                double median = result.median(workload, subject);
                rows.append(String.format(
                        Locale.ROOT,
                        " %.0f (%.0f–%.0f) | %.2f |",
                        1e9 / median,
                        1e9 / result.quantile(workload, subject, 0.75),
                        1e9 / result.quantile(workload, subject, 0.25),
                        result.median(workload, one) / median));
            }
            rows.append('\n');
        }
        return String.format(
                Locale.ROOT,
                """
                Nanoseconds per command: median of %d interleaved runs, quartiles, and the ratio to the first row; %,d nexuses with
                %,d units each but there. %s.

                | touched | one at a time | ratio | 32 at a time | ratio |
                |---|---|---|---|---|
                %s
                Bytes of heap while idle: %,d for a device, %,d for a LUN of a group, %,d for a nexus, %,d for each LUN that a
                nexus sees (its I_T_L nexus).
                """,
                rounds,
                nexuses,
                units,
                Machine.describe(),
                rows,
                memory[0],
                memory[1],
                memory[2],
                memory[3]);
    }
}
