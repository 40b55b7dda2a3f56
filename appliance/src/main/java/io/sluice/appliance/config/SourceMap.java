// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.util.HashMap;
import java.util.Map;

/**
 * On which line of a TOML text each key stands. The TOML parser gives values without places, so this walks the same
 * text once more and keeps, for each path such as {@code target[0].lun[2].device}, the line of its key. The text has
 * been parsed before, so what is not understood here is skipped and reported by nobody.
 */
final class SourceMap {
    private final String text;
    private final Map<String, Integer> lines = new HashMap<>();
    /** Index of the newest element of each array of tables. */
    private final Map<String, Integer> arrays = new HashMap<>();

    private int at;
    private int line = 1;

    private SourceMap(String text) {
        this.text = text;
    }

    static SourceMap of(String text) {
        SourceMap map = new SourceMap(text);
        map.document();
        return map;
    }

    /** Line of the path, or of the nearest table around it; 1 if nothing around it is known. */
    int line(String path) {
        String candidate = path;
        while (!candidate.isEmpty()) {
            Integer found = lines.get(candidate);
            if (found != null) {
                return found;
            }
            int cut = Math.max(candidate.lastIndexOf('.'), candidate.lastIndexOf('['));
            candidate = cut < 0 ? "" : candidate.substring(0, cut);
        }
        return 1;
    }

    private void document() {
        String table = "";
        while (skipSpace(true)) {
            if (peek() == '[') {
                table = header();
            } else {
                keyAndValue(table);
            }
            skipLine();
        }
    }

    /** {@code [a.b]} or {@code [[a.b]]}: returns the path that the keys below belong to. */
    private String header() {
        int headerLine = line;
        at++;
        boolean element = peek() == '[';
        if (element) {
            at++;
        }
        String path = "";
        boolean more = true;
        while (more) {
            path = join(path, key());
            skipSpace(false);
            more = peek() == '.';
            if (more) {
                at++;
            } else if (element) {
                arrays.merge(path, 1, Integer::sum);
            }
            Integer elements = arrays.get(path);
            if (elements != null) {
                path = path + "[" + (elements - 1) + "]";
            }
        }
        lines.putIfAbsent(path, headerLine);
        return path;
    }

    private void keyAndValue(String table) {
        int keyLine = line;
        String path = table;
        while (true) {
            String key = key();
            if (key.isEmpty()) {
                return;
            }
            path = join(path, key);
            skipSpace(false);
            if (peek() != '.') {
                break;
            }
            at++;
        }
        lines.putIfAbsent(path, keyLine);
        if (peek() == '=') {
            at++;
            value(path);
        }
    }

    private void value(String path) {
        skipSpace(false);
        switch (peek()) {
            case '"', '\'' -> string();
            case '[' -> array(path);
            case '{' -> inlineTable(path);
            default -> bare();
        }
    }

    private void array(String path) {
        at++;
        int index = 0;
        while (skipSpace(true) && peek() != ']') {
            String element = path + "[" + index++ + "]";
            lines.putIfAbsent(element, line);
            int before = at;
            value(element);
            skipSpace(true);
            if (peek() == ',' || at == before) {
                at++;
            }
        }
        at++;
    }

    private void inlineTable(String path) {
        at++;
        while (skipSpace(true) && peek() != '}') {
            int before = at;
            keyAndValue(path);
            skipSpace(true);
            if (peek() == ',' || at == before) {
                at++;
            }
        }
        at++;
    }

    private String key() {
        skipSpace(false);
        char first = peek();
        if (first == '"' || first == '\'') {
            int start = at;
            string();
            return at - 1 > start ? text.substring(start + 1, at - 1) : "";
        }
        int start = at;
        while (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '-') {
            at++;
        }
        return text.substring(start, at);
    }

    /** Moves behind a string of any of the four kinds, counting the lines in it. */
    private void string() {
        char quote = peek();
        String triple = String.valueOf(quote).repeat(3);
        boolean multiline = text.startsWith(triple, at);
        at += multiline ? 3 : 1;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && quote == '"') {
                at++;
            } else if (multiline ? text.startsWith(triple, at) : c == quote || c == '\n') {
                at += multiline ? 3 : 1;
                return;
            }
            countLine();
            at++;
        }
    }

    private void bare() {
        while (at < text.length() && ",]}#\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
    }

    /** Moves to the next character that means something; false at the end of the text. */
    private boolean skipSpace(boolean overLines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                while (at < text.length() && text.charAt(at) != '\n') {
                    at++;
                }
            } else if (c == ' ' || c == '\t' || c == '\r' || (overLines && c == '\n')) {
                countLine();
                at++;
            } else {
                return true;
            }
        }
        return false;
    }

    private void skipLine() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    private void countLine() {
        if (at < text.length() && text.charAt(at) == '\n') {
            line++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
