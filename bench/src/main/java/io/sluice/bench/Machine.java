// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The facts about the machine that a reader needs beside a figure. */
final class Machine {
    private Machine() {}

    static String describe() throws IOException {
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        String kernel = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        return "%d × %s, Linux %s, Java %s"
                .formatted(Runtime.getRuntime().availableProcessors(), cpu, kernel, Runtime.version());
    }
}
