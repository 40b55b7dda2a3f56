// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** System calls by name. */
final class SystemCalls {
    /** Fewer per command than this are the start and the end of a run. */
    private static final double NEGLIGIBLE = 0.005;

    private final Map<String, Long> calls = new TreeMap<>();

    void add(String name, long count) {
        calls.merge(name, count, Long::sum);
    }

    long of(String name) {
        return calls.getOrDefault(name, 0L);
    }

    /** "1.02: futex 1.00, write 0.02". */
    String perCommand(long commands) {
        long total = calls.values().stream().mapToLong(Long::longValue).sum();
        String parts = calls.entrySet().stream()
                .filter(call -> call.getValue() > NEGLIGIBLE * commands)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(call -> String.format(Locale.ROOT, "%s %.2f", call.getKey(), (double) call.getValue() / commands))
                .collect(Collectors.joining(", "));
        String sum = String.format(Locale.ROOT, "%.2f", (double) total / commands);
        return parts.isEmpty() ? sum : sum + ": " + parts;
    }
}
