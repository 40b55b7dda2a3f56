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

/** {@code sluice bench iscsi}: Sluice against tgt on the same file, and against the bare TCP limit. */
@CommandLine.Command(
        name = "iscsi",
        mixinStandardHelpOptions = true,
        description = "Sluice, tgt and a bare TCP echo under the same initiators, interleaved")
final class IscsiBench implements Callable<Integer> {
    @Option(names = "--checkout", defaultValue = ".", description = "root of the source tree (${DEFAULT-VALUE})")
    Path checkout = Path.of(".");

    @Option(names = "--rounds", defaultValue = "9", description = "interleaved runs of each (${DEFAULT-VALUE})")
    int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "0.5",
            description = "length of a run, of iscsi-perf in whole seconds (${DEFAULT-VALUE})")
    double seconds;

    @Option(names = "--write", description = "put the table into bench/README.md")
    boolean write;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = checkout.toRealPath();
        Path work = Files.createTempDirectory("sluice-bench");
        Path file = work.resolve("disk.img");
        fill(file);
        List<Subject> subjects = new ArrayList<>();
        try {
            Initiator initiator = Initiator.build(root, work);
            subjects.add(TgtTarget.start(file, initiator));
            String onFile = "backend = \"file\"\npath = \"" + file + "\"";
            subjects.add(SluiceTarget.start("sluice, file", root, work, onFile, initiator));
            String onNothing = "backend = \"null\"\nsize = \"1GiB\"";
            subjects.add(SluiceTarget.start("sluice, null", root, work, onNothing, initiator));
            subjects.add(TcpEcho.build(root, work));
            print(root, measure(subjects, file));
        } finally {
            for (Subject subject : subjects) {
                subject.close();
            }
        }
        return 0;
    }

    private Interleaved measure(List<Subject> subjects, Path file) throws IOException, InterruptedException {
        Interleaved result = new Interleaved(
                subjects,
                List.of(
                        Workload.randomRead4k(1),
                        Workload.randomRead4k(32),
                        Workload.randomWrite4k(1),
                        Workload.randomWrite4k(32),
                        Workload.sequentialRead256k(8),
                        Workload.sequentialWrite256k(8)));
        result.beforeEach(() -> settle(file));
        result.run(rounds, seconds);
        return result;
    }

    private void print(Path root, Interleaved result) throws IOException {
        String text = "Commands per second, median of %d interleaved runs of %s s (quartiles), ratio to tgt. %s.%n%n%s"
                .formatted(
                        rounds,
                        seconds,
                        Machine.describe(),
                        Report.table(result, result.subjects().getFirst()));
        System.out.println(text);
        if (write) {
            Report.write(root.resolve("bench/README.md"), "iscsi", text);
        }
    }

    /** Nothing dirty, everything in the page cache: what one workload leaves behind must not be the next one's business. */
    private static void settle(Path file) throws IOException, InterruptedException {
        Command.run(List.of("sync", file.toString()));
        Command.run(List.of("dd", "if=" + file, "of=/dev/null", "bs=1M", "status=none"));
    }

    /** 1 GiB of real blocks: a sparse file would measure the reading of holes. */
    private static void fill(Path file) throws IOException, InterruptedException {
        Command.run(List.of("dd", "if=/dev/urandom", "of=" + file, "bs=1M", "count=1024", "status=none"));
    }
}
