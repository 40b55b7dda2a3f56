// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The clients that load a target. Random reads are {@code iscsi-perf}'s. It cannot write, and {@code qemu-img bench} writes
 * with a fixed stride only, so writes and large blocks are those of {@code src/main/c/iscsi_load.c}, on the same library.
 */
final class Initiator implements Load {
    private static final Pattern AVERAGE = Pattern.compile("^iops average (\\d+)", Pattern.MULTILINE);
    private static final int ISCSI_PERF_BLOCK_BYTES = 512;

    private final Path load;

    private Initiator(Path load) {
        this.load = load;
    }

    static Initiator build(Path checkout, Path work) throws IOException, InterruptedException {
        return new Initiator(Command.compile(checkout, work, "iscsi_load", "-liscsi"));
    }

    @Override
    public double run(String url, Workload workload, double seconds) throws IOException, InterruptedException {
        return workload.random() && !workload.write() ? perf(url, workload, seconds) : load(url, workload, seconds);
    }

    private static double perf(String url, Workload workload, double seconds) throws IOException, InterruptedException {
        String printed = Command.run(List.of(
                "iscsi-perf",
                "-r",
                "-m",
                "" + workload.depth(),
                "-b",
                "" + workload.blockBytes() / ISCSI_PERF_BLOCK_BYTES,
                "-t",
                "" + (int) Math.ceil(seconds), // 0 would be for ever
                url));
        Matcher matcher = AVERAGE.matcher(printed.replace('\r', '\n'));
        if (!matcher.find()) {
            throw new IOException("iscsi-perf printed no result; it said: " + printed.strip());
        }
        return Double.parseDouble(matcher.group(1));
    }

    private double load(String url, Workload workload, double seconds) throws IOException, InterruptedException {
        String printed = Command.run(List.of(
                load.toString(),
                url,
                workload.write() ? "write" : "read",
                workload.random() ? "random" : "sequential",
                "" + workload.depth(),
                "" + workload.blockBytes(),
                "" + seconds));
        return Double.parseDouble(printed.strip());
    }
}
