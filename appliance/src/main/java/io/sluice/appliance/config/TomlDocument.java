// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/** A TOML text, what it says, where it says it, and what is wrong with it. */
final class TomlDocument {
    private static final int MOST_SYNTAX_ERRORS = 50;

    private final Path file;
    private final SourceMap places;
    private final ObjectNode root;
    /** A set: who looks at a wrong value twice reports it once. */
    private final Set<ConfigError> errors = new LinkedHashSet<>();

    /** Reads the text; a line that is no TOML is reported and left out, so that the rest is checked, too. */
    TomlDocument(Path file, String text) {
        this.file = file;
        String[] lines = text.split("\n", -1);
        ObjectNode read = null;
        while (read == null) {
            try {
                JsonNode node = new TomlMapper().readTree(String.join("\n", lines));
                read = node instanceof ObjectNode table ? table : JsonNodeFactory.instance.objectNode();
            } catch (JacksonException e) {
                TokenStreamLocation location = e.getLocation();
                int line = location == null ? 0 : Math.clamp(location.getLineNr(), 0, lines.length);
                String reason = e.getOriginalMessage().lines().findFirst().orElse("");
                errors.add(new ConfigError(
                        file,
                        line,
                        "no valid TOML: " + reason + (line > 0 ? ": `" + lines[line - 1].strip() + "`" : "")));
                boolean hopeless = line == 0
                        || lines[line - 1].isBlank()
                        || lines[line - 1].strip().startsWith("[");
                if (hopeless || errors.size() >= MOST_SYNTAX_ERRORS) {
                    read = JsonNodeFactory.instance.objectNode();
                    errors.add(new ConfigError(file, line, "the rest was not checked; correct this and check again"));
                } else {
                    lines[line - 1] = "";
                }
            }
        }
        root = read;
        places = SourceMap.of(String.join("\n", lines));
    }

    Path file() {
        return file;
    }

    Table root() {
        return new Table(this, "", root);
    }

    int line(String path) {
        return places.line(path);
    }

    void error(String path, String text) {
        errors.add(new ConfigError(file, line(path), text));
    }

    void error(ConfigError error) {
        errors.add(error);
    }

    List<ConfigError> errors() {
        return errors.stream()
                .sorted(Comparator.comparingInt(ConfigError::line))
                .toList();
    }
}
