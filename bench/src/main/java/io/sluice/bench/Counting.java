// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Counts what processes do during a run: in runs of their own, for counting system calls halves the rate and more. */
final class Counting {
    private static final Pattern SWITCHES = Pattern.compile("ctxt_switches:\\s+(\\d+)");
    private static final Pattern ROW =
            Pattern.compile("^\\s*[0-9.]+\\s+[0-9.]+\\s+\\d+\\s+(\\d+)\\s+(?:\\d+\\s+)?(\\w+)$");
    private static final long ATTACH_MILLIS = 300;
    private static final long DETACH_SECONDS = 10;

    private Counting() {}

    /** Work that is watched. */
    @FunctionalInterface
    interface Run {
        void run() throws IOException, InterruptedException;
    }

    /** Context switches of all threads of a process since they began, voluntary and not. */
    static long switches(long pid) throws IOException {
        long sum = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                Matcher matcher = SWITCHES.matcher(Files.readString(thread.resolve("status")));
                while (matcher.find()) {
                    sum += Long.parseLong(matcher.group(1));
                }
            }
        }
        return sum;
    }

    /** System calls of a process, all of its threads, by name, during a run under strace. */
    static SystemCalls systemCalls(long pid, Path work, Run run) throws IOException, InterruptedException {
        Path summary = Files.createTempFile(work, "strace", ".txt");
        Process strace = new ProcessBuilder("strace", "-c", "-f", "-o", summary.toString(), "-p", "" + pid)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Thread.sleep(ATTACH_MILLIS);
            if (!strace.isAlive()) {
                throw new IOException("strace -p " + pid + " ended at once: is ptrace allowed here?"
                        + " (sysctl kernel.yama.ptrace_scope, run as root)");
            }
            run.run();
        } finally {
            Command.run(List.of("kill", "-INT", "" + strace.pid()));
            strace.waitFor(DETACH_SECONDS, TimeUnit.SECONDS);
        }
        SystemCalls calls = new SystemCalls();
        for (String line : Files.readAllLines(summary)) {
            Matcher matcher = ROW.matcher(line);
            if (matcher.matches() && !matcher.group(2).equals("total")) {
                calls.add(matcher.group(2), Long.parseLong(matcher.group(1)));
            }
        }
        return calls;
    }
}
