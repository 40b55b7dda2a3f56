// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The clients that load a target: {@code iscsi-perf} reads, {@code qemu-img bench} writes. */
final class Initiator {
    private static final Pattern AVERAGE = Pattern.compile("^iops average (\\d+)", Pattern.MULTILINE);
    private static final Pattern COMPLETED = Pattern.compile("Run completed in ([0-9.]+) seconds");
    /** An odd number of 4 KiB blocks, so that the writes walk over the whole disk before they meet again. */
    private static final int WRITE_STRIDE_BYTES = 257 * 4096;

    private Initiator() {}

    /** Commands per second of the workload on {@code url} (an {@code iscsi://} LUN). */
    static double run(String url, Workload workload, int seconds) throws IOException, InterruptedException {
        return workload.write() ? write(url, workload, seconds) : read(url, workload, seconds);
    }

    private static double read(String url, Workload workload, int seconds) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("iscsi-perf", "-m", "" + workload.depth()));
        line.addAll(List.of("-b", "" + workload.blockBytes() / 512, "-t", "" + seconds));
        if (workload.random()) {
            line.add("-r");
        }
        line.add(url);
        String printed = Command.run(line).replace('\r', '\n');
        return number(AVERAGE, printed, "iscsi-perf");
    }

    private static double write(String url, Workload workload, int seconds) throws IOException, InterruptedException {
        long probe = 2_000L * Math.max(1, workload.depth() / 4);
        double rate = timed(url, workload, probe);
        return timed(url, workload, Math.max(probe, (long) (rate * seconds)));
    }

    private static double timed(String url, Workload workload, long count) throws IOException, InterruptedException {
        String printed = Command.run(List.of(
                "qemu-img",
                "bench",
                "-w",
                "-f",
                "raw",
                "-t",
                "none",
                "-c",
                "" + count,
                "-d",
                "" + workload.depth(),
                "-s",
                "" + workload.blockBytes(),
                "-S",
                "" + WRITE_STRIDE_BYTES,
                url));
        return count / number(COMPLETED, printed, "qemu-img bench");
    }

    private static double number(Pattern pattern, String printed, String tool) throws IOException {
        Matcher matcher = pattern.matcher(printed);
        if (!matcher.find()) {
            throw new IOException(tool + " printed no result; it said: " + printed.strip());
        }
        return Double.parseDouble(matcher.group(1));
    }
}
