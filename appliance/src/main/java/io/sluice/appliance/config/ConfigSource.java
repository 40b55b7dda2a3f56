// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

/** The configuration as its file is now. */
@FunctionalInterface
public interface ConfigSource {
    /** Reads it again, with what the command line says instead. */
    ApplianceConfig read() throws ConfigException;
}
