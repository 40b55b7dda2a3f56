// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An operation's answer as people read it: a line for each value, a table for each list. */
public final class OperationText {
    private OperationText() {}

    public static String of(ObjectNode answer) {
        StringBuilder text = new StringBuilder();
        Columns values = new Columns("", "");
        boolean hasValues = false;
        for (var field : answer.properties()) {
            if (!(field.getValue() instanceof ArrayNode)) {
                values.row(title(field.getKey()), cell(field.getValue()));
                hasValues = true;
            }
        }
        if (hasValues) {
            text.append(values.toString().stripLeading());
        }
        for (var field : answer.properties()) {
            if (field.getValue() instanceof ArrayNode list && (!list.isEmpty() || !hasValues)) {
                text.append(hasValues ? "\n" : "").append(table(field.getKey(), list));
            }
        }
        return text.toString();
    }

    private static String table(String name, ArrayNode list) {
        if (list.isEmpty()) {
            return "no " + name + "\n";
        }
        Set<String> keys = new LinkedHashSet<>();
        list.forEach(row -> keys.addAll(row.propertyNames()));
        Columns columns = new Columns(
                keys.stream().map(key -> title(key).toUpperCase(Locale.ROOT)).toArray(String[]::new));
        for (JsonNode row : list) {
            List<String> cells = new ArrayList<>();
            keys.forEach(key -> cells.add(cell(row.path(key))));
            columns.row(cells.toArray(String[]::new));
        }
        return columns.toString();
    }

    private static String title(String key) {
        return key.replace('_', ' ');
    }

    private static String cell(JsonNode value) {
        String text = value.isMissingNode() ? "" : value.isString() ? value.stringValue() : value.toString();
        return text.isEmpty() ? "-" : text;
    }
}
