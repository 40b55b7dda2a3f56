// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import java.util.ArrayList;
import java.util.List;

/** A table of text with columns as wide as their widest cell. */
final class Columns {
    private final List<List<String>> rows = new ArrayList<>();

    Columns(String... titles) {
        rows.add(List.of(titles));
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
