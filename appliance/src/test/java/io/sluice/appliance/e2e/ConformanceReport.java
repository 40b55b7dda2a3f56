// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code iscsi-test-cu -n} printed. Its exit status is 0 even when tests failed, and it counts skipped tests as passed, so
 * only its text tells.
 *
 * @param ran tests that ran
 * @param failed tests that failed
 * @param skips the reasons of skips, one per line that says so
 */
record ConformanceReport(int ran, int failed, List<String> skips, String output) {
    private static final String SKIPPED = "[SKIPPED]";
    private static final Pattern SUMMARY =
            Pattern.compile("(?m)^\\s+tests\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)");

    static ConformanceReport parse(String output) {
        Matcher summary = SUMMARY.matcher(output);
        if (!summary.find()) {
            throw new AssertionError("no run summary in the output of iscsi-test-cu:\n" + output);
        }
        List<String> skips = output.lines()
                .filter(line -> line.contains(SKIPPED))
                .map(line -> line.substring(line.indexOf(SKIPPED)).strip())
                .toList();
        return new ConformanceReport(
                Integer.parseInt(summary.group(2)), Integer.parseInt(summary.group(4)), skips, output);
    }
}
