// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean": the known word nearest to a misspelt one. */
final class Suggestion {
    private Suggestion() {}

    /** The nearest known word, if it is near enough: a third of the letters may differ. */
    static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate ->
                        distance(word, candidate) <= Math.max(1, Math.max(word.length(), candidate.length()) / 3))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    /** Number of letters to insert, remove or replace (Levenshtein). */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
