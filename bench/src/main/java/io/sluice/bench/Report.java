// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A Markdown table of medians with each subject's ratio to a reference, and its place in {@code bench/README.md}. */
final class Report {
    private Report() {}

    /** Commands per second: median (first to third quartile), and in brackets the ratio to {@code reference}. */
    static String table(Interleaved result, Subject reference) {
        StringBuilder text = new StringBuilder("| workload |");
        result.subjects()
                .forEach(subject -> text.append(' ').append(subject.name()).append(" |"));
        text.append("\n|---|").append("---|".repeat(result.subjects().size())).append('\n');
        for (Workload workload : result.workloads()) {
            text.append("| ").append(workload.name()).append(" |");
            for (Subject subject : result.subjects()) {
                text.append(' ')
                        .append(cell(result, workload, subject, reference))
                        .append(" |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String cell(Interleaved result, Workload workload, Subject subject, Subject reference) {
        double median = result.median(workload, subject);
        if (Double.isNaN(median)) {
            return "–";
        }
        String figures = String.format(
                Locale.ROOT,
                "%,.0f (%,.0f–%,.0f)",
                median,
                result.quantile(workload, subject, 0.25),
                result.quantile(workload, subject, 0.75));
        double base = result.median(workload, reference);
        return subject.equals(reference) || Double.isNaN(base)
                ? figures
                : figures + String.format(Locale.ROOT, " **%.2f×**", median / base);
    }

    /** Replaces what stands between {@code <!-- name -->} and {@code <!-- /name -->}. */
    static void write(Path readme, String name, String text) throws IOException {
        String open = "<!-- " + name + " -->";
        String close = "<!-- /" + name + " -->";
        String whole = Files.readString(readme);
        int from = whole.indexOf(open);
        int to = whole.indexOf(close);
        if (from < 0 || to < from) {
            throw new IOException(readme + ": the marks " + open + " and " + close + " are missing; put them back");
        }
        Files.writeString(readme, whole.substring(0, from + open.length()) + "\n" + text + whole.substring(to));
    }
}
