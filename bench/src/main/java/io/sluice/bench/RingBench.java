// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code sluice bench ring}: what a command costs at the ring, in Java and in C, and what no ring can do without. */
@CommandLine.Command(
        name = "ring",
        mixinStandardHelpOptions = true,
        description = "A null Java handler, an equal one in C, a bare futex and a bare spin, interleaved")
final class RingBench implements Callable<Integer> {
    private static final double COUNTED_SECONDS = 0.5;
    private static final double WARM_UP_SECONDS = 2;

    @Option(names = "--checkout", defaultValue = ".", description = "root of the source tree (${DEFAULT-VALUE})")
    Path checkout = Path.of(".");

    @Option(names = "--rounds", defaultValue = "9", description = "interleaved runs of each (${DEFAULT-VALUE})")
    int rounds;

    @Option(names = "--seconds", defaultValue = "0.25", description = "length of a run (${DEFAULT-VALUE})")
    double seconds;

    @Option(names = "--write", description = "put the tables into bench/README.md")
    boolean write;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = checkout.toRealPath();
        Path work = Files.createTempDirectory("sluice-bench");
        Path pingPong = PingPong.build(root, work);
        RingReport report = new RingReport(rounds, seconds);
        for (Placement placement : Placement.all()) {
            measure(root, work, pingPong, placement, report);
        }
        String text = report.text();
        System.out.println(text);
        if (write) {
            Report.write(root.resolve("bench/README.md"), "ring", text);
        }
        return 0;
    }

    private void measure(Path root, Path work, Path pingPong, Placement placement, RingReport report)
            throws IOException, InterruptedException {
        List<Subject> subjects = new ArrayList<>();
        try {
            subjects.add(PingPong.spin(pingPong, placement));
            subjects.add(PingPong.futex(pingPong, placement));
            RingLoad c = RingLoad.withCHandler(root, work, placement);
            subjects.add(c);
            RingLoad java = RingLoad.withJavaHandler(root, work, placement);
            subjects.add(java);
            List<Workload> workloads = List.of(Workload.ring(1), Workload.ring(32));
            for (Workload workload : workloads) {
                java.run(workload, WARM_UP_SECONDS);
            }
            Interleaved result = new Interleaved(subjects, workloads);
            result.run(rounds, seconds);
            report.add(placement, result);
            for (Workload workload : workloads) {
                report.add(RingCounts.of(placement, c, workload.depth(), COUNTED_SECONDS, work));
                report.add(RingCounts.of(placement, java, workload.depth(), COUNTED_SECONDS, work));
                report.addHeap(placement, workload.depth(), java, COUNTED_SECONDS);
            }
        } finally {
            for (Subject subject : subjects) {
                subject.close();
            }
        }
    }
}
