// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. Carries every error that was found, in the order of their lines. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigError> errors;

    public ConfigException(List<ConfigError> errors) {
        super(errors.stream().map(ConfigError::toString).collect(Collectors.joining("\n")));
        this.errors = List.copyOf(errors);
    }

    public List<ConfigError> errors() {
        return errors;
    }
}
