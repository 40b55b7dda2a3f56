// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another process of this program. */
final class Jvm {
    private Jvm() {}

    /** The command line up to the subcommand, with the options that the launcher gives the appliance. */
    static List<String> command() {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of(System.getProperty("sluice.bench.jvm", "").trim().split("\\s+")));
        line.removeIf(String::isEmpty);
        line.add("-Dslf4j.internal.verbosity=ERROR"); // no provider: the runtime's log is not wanted
        line.addAll(List.of(
                "-p", System.getProperty("jdk.module.path"), "-m", "io.sluice.bench/io.sluice.bench.BenchMain"));
        return line;
    }
}
