// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of the handler process that serves a home directory, as {@code jcmd} sees it. */
final class HandlerHeap {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final long pid;

    private HandlerHeap(long pid) {
        this.pid = pid;
    }

    /** @throws IOException if no process, or not one alone, serves the home */
    static HandlerHeap of(Path home) throws IOException {
        List<ProcessHandle> found = ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .filter(process -> process.info().commandLine().orElse("").contains(home.toString()))
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .toList();
        if (found.size() != 1) {
            throw new IOException(
                    found.size() + " processes serve " + home + ", not one: end those that are left over");
        }
        return new HandlerHeap(found.getFirst().pid());
    }

    /** Kibibytes in use: of the generations, without the metaspace. */
    long usedKib() throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String printed = Command.run(List.of(jcmd, "" + pid, "GC.heap_info"));
        long sum = 0;
        for (String line : printed.lines().filter(l -> l.contains("generation")).toList()) {
            Matcher matcher = USED.matcher(line);
            sum += matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        }
        return sum;
    }
}
