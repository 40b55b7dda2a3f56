// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import picocli.CommandLine;

/** {@code sluice bench NAME}. */
@CommandLine.Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {CoreBench.class, RingBench.class, IscsiBench.class, TapeBench.class, NullHandler.class},
        description = "Benchmarks; each prints a table with ratios")
public final class BenchMain {
    private BenchMain() {}

    /** Exit status 0, or 1 with the reason on standard error. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchMain())
                .setExecutionExceptionHandler((exception, line, result) -> {
                    line.getErr().println("bench: " + exception.getMessage());
                    return 1;
                })
                .execute(arguments));
    }
}
