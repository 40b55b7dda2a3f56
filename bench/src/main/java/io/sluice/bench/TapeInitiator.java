// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code src/main/c/tape_load.c}: the initiator of a tape. Runs are as long as a tape of so many blocks, not in seconds. */
final class TapeInitiator implements Load {
    private final Path load;
    private final long blocks;

    private TapeInitiator(Path load, long blocks) {
        this.load = load;
        this.blocks = blocks;
    }

    /** @param blocks of a run */
    static TapeInitiator build(Path checkout, Path work, long blocks) throws IOException, InterruptedException {
        return new TapeInitiator(Command.compile(checkout, work, "tape_load", "-liscsi"), blocks);
    }

    @Override
    public double run(String url, Workload workload, double seconds) throws IOException, InterruptedException {
        return ask(
                url,
                workload.write() ? "write" : "read",
                "" + workload.depth(),
                "" + workload.blockBytes(),
                "" + blocks)[0];
    }

    /** Writes so many blocks from the beginning, many with each command. */
    void fill(String url, int blockBytes, long count) throws IOException, InterruptedException {
        ask(url, "fill", "" + blockBytes, "" + count);
    }

    /** Milliseconds of a LOCATE to a random one of so many blocks: median, 99th percentile, longest. */
    double[] locate(String url, long count, int times) throws IOException, InterruptedException {
        return ask(url, "locate", "" + count, "" + times);
    }

    private double[] ask(String url, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(load.toString(), url));
        line.addAll(Arrays.asList(words));
        String printed = Command.run(line).strip();
        return printed.isEmpty()
                ? new double[0]
                : Arrays.stream(printed.split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
    }
}
