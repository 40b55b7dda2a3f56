// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.nio.file.Path;

/**
 * One thing that is wrong with the configuration.
 *
 * @param line counted from 1; 0 when the file as a whole is meant
 * @param text names the value and the remedy
 */
public record ConfigError(Path file, int line, String text) {
    /** {@code file:line: text}, as compilers write it. */
    @Override
    public String toString() {
        return line == 0 ? file + ": " + text : file + ":" + line + ": " + text;
    }
}
