// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One table of the document, read key by key. A value that is wrong is reported to the document, and the reader goes on with
 * the default. {@link #finish} reports the keys that nobody asked for.
 */
final class Table {
    private final TomlDocument document;
    private final String path;
    private final ObjectNode node;
    private final Set<String> known = new TreeSet<>();

    Table(TomlDocument document, String path, ObjectNode node) {
        this.document = document;
        this.path = path;
        this.node = node;
    }

    boolean has(String key) {
        known.add(key);
        return node.has(key);
    }

    /** True if one of them is there; all of them are known from now on. */
    boolean hasAny(String... keys) {
        boolean found = false;
        for (String key : keys) {
            found |= has(key);
        }
        return found;
    }

    @Nullable
    String string(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            wrong(key, "wants text", "put it between double quotes");
            return null;
        }
        return value.stringValue();
    }

    String string(String key, String otherwise) {
        String value = string(key);
        return value == null ? otherwise : value;
    }

    /** Text that has to be there; reports its lack and gives an empty one. */
    String required(String key, String remedy) {
        if (!has(key)) {
            document.error(path, name() + "key `" + key + "` is missing: " + remedy);
            return "";
        }
        return string(key, "");
    }

    int integer(String key, int otherwise, int min, int max) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            wrong(
                    key,
                    "wants a whole number from " + min + " to " + max,
                    "write for example " + key + " = " + Math.max(otherwise, min));
            return otherwise;
        }
        return value.intValue();
    }

    boolean bool(String key, boolean otherwise) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            wrong(key, "wants true or false, without quotes", "write " + key + " = " + otherwise);
            return otherwise;
        }
        return value.booleanValue();
    }

    /** The array's texts by their paths; a single text counts as an array of one. */
    Map<String, String> strings(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        Map<String, String> texts = new LinkedHashMap<>();
        if (value == null) {
            return texts;
        }
        if (value.isString()) {
            texts.put(at(key), value.stringValue());
            return texts;
        }
        if (!(value instanceof ArrayNode array)) {
            wrong(key, "wants an array of texts", "write " + key + " = [\"...\"]");
            return texts;
        }
        for (int i = 0; i < array.size(); i++) {
            String element = at(key) + "[" + i + "]";
            JsonNode text = array.get(i);
            if (text.isString()) {
                texts.put(element, text.stringValue());
            } else {
                document.error(element, element + " = " + text + ": wants text; put it between double quotes");
            }
        }
        return texts;
    }

    /** A table stands there. */
    boolean isTable(String key) {
        return node.get(key) instanceof ObjectNode;
    }

    /** The table below a key, or null. */
    @Nullable
    Table table(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof ObjectNode table) {
            return new Table(document, at(key), table);
        }
        wrong(
                key,
                "wants a table",
                "write [" + at(key).replaceAll("\\[\\d+\\]", "") + "] on a line of its own and its keys below");
        return null;
    }

    /** The tables of an array of tables. */
    List<Table> tables(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        List<Table> tables = new ArrayList<>();
        if (value == null) {
            return tables;
        }
        String header = "[[" + at(key).replaceAll("\\[\\d+\\]", "") + "]]";
        if (value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i) instanceof ObjectNode table) {
                    tables.add(new Table(document, at(key) + "[" + i + "]", table));
                } else {
                    wrong(key, "wants tables", "write " + header + " above each");
                }
            }
        } else {
            wrong(key, "wants an array of tables", "write " + header + " with two brackets on each side");
        }
        return tables;
    }

    /** Arrays of tables that nobody knows are no error: whoever knows them may be missing. */
    void ignoreTables() {
        node.properties().forEach(entry -> {
            if (entry.getValue() instanceof ArrayNode) {
                known.add(entry.getKey());
            }
        });
    }

    /** Every key and value that is no table: what a device provider gets to read. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        node.properties().forEach(entry -> values.put(entry.getKey(), plain(entry.getValue())));
        return values;
    }

    private static Object plain(JsonNode value) {
        if (value.isString()) {
            return value.stringValue();
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        return value.isFloatingPointNumber() ? (Object) value.doubleValue() : value.toString();
    }

    /** Reports a value: {@code key = value: problem; remedy}. */
    void wrong(String key, String problem, String remedy) {
        JsonNode value = node.get(key);
        document.error(
                at(key), at(key) + " = " + (value == null ? "(not given)" : value) + ": " + problem + "; " + remedy);
    }

    /** Reports every key that was never asked for. */
    void finish() {
        for (String key : node.propertyNames()) {
            if (!known.contains(key)) {
                String remedy = Suggestion.nearest(key, known)
                        .map(near -> "did you mean `" + near + "`?")
                        .orElse("known here: " + String.join(", ", known));
                document.error(at(key), name() + "unknown key `" + key + "`; " + remedy);
            }
        }
    }

    int line(String key) {
        return document.line(at(key));
    }

    int line() {
        return document.line(path);
    }

    String path() {
        return path;
    }

    TomlDocument document() {
        return document;
    }

    /** The key's path in the document. */
    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private String name() {
        return path.isEmpty() ? "" : path + ": ";
    }
}
