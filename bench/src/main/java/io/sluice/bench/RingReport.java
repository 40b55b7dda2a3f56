// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.util.Locale;

/** The three tables of {@code bench ring}: rates, counts per command, the Java loop's own counters. */
final class RingReport {
    private final int rounds;
    private final double seconds;
    private final StringBuilder rates = new StringBuilder();
    private final StringBuilder counts = new StringBuilder();
    private final StringBuilder loops = new StringBuilder();

    RingReport(int rounds, double seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /** Subjects in the order bare spin, bare futex, C handler, Java handler. */
    void add(Placement placement, Interleaved result) {
        Subject futex = result.subjects().get(1);
        Subject c = result.subjects().get(2);
        Subject java = result.subjects().get(3);
        for (Workload workload : result.workloads()) {
            rates.append(String.format("| %s, depth %d |", placement.name(), workload.depth()));
            for (Subject subject : result.subjects()) {
                double median = result.median(workload, subject);
                rates.append(String.format(
                        Locale.ROOT,
                        " %,.0f (%,.0f–%,.0f), %,.0f ns |",
                        median,
                        result.quantile(workload, subject, 0.25),
                        result.quantile(workload, subject, 0.75),
                        1e9 / median));
            }
            double perJava = result.median(workload, java);
            rates.append(String.format(
                    Locale.ROOT,
                    " %.2f | %.2f |%n",
                    perJava / result.median(workload, c),
                    result.median(workload, futex) / perJava));
        }
    }

    void add(RingCounts count) {
        counts.append(String.format(
                Locale.ROOT,
                "| %s, depth %d, %s | %.2f | %.2f | %s | %s |%n",
                count.placement().name(),
                count.depth(),
                count.handler(),
                count.gatewaySwitches(),
                count.handlerSwitches(),
                count.gatewayCalls(),
                count.handlerCalls()));
    }

    void addHeap(Placement placement, int depth, RingLoad java, double seconds) throws IOException {
        HandlerCounts before = java.counts();
        java.load(depth, seconds);
        HandlerCounts during = java.counts().since(before);
        double commands = during.commands();
        loops.append(String.format(
                Locale.ROOT,
                "| %s, depth %d | %.3f | %.3f | %.3f | %.3f | %d in %,d |%n",
                placement.name(),
                depth,
                during.enters() / commands,
                during.spins() / commands,
                during.sleeps() / commands,
                during.wakes() / commands,
                during.allocatedBytes(),
                during.commands()));
    }

    String text() throws IOException {
        return """
                Commands (or words) per second: median of %d interleaved runs of %s s, quartiles, and nanoseconds each. %s.

                | placement | bare spin | bare futex | C handler | Java handler | Java ÷ C | Java's time ÷ futex's |
                |---|---|---|---|---|---|---|
                %s
                Per command, in runs of their own:

                | placement | switches, gateway | switches, handler | system calls, gateway | system calls, handler |
                |---|---|---|---|---|
                %s
                The Java queue loop, per command:

                | placement | enter | spins | sleeps | wakes of the gateway | heap bytes |
                |---|---|---|---|---|---|
                %s""".formatted(rounds, seconds, Machine.describe(), rates, counts, loops);
    }
}
