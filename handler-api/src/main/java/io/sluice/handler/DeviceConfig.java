// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Typed access to one {@code [[device]]} table of the configuration. A getter with a default takes the key as optional;
 * without, the key is required. Every getter throws {@link DeviceConfigException} with line, key, value and remedy. What
 * no getter asked for by the end of {@link DeviceProvider#open} is an unknown key, which is an error.
 */
public interface DeviceConfig {
    /** The device's name. */
    String name();

    boolean has(String key);

    String string(String key) throws DeviceConfigException;

    String string(String key, String otherwise) throws DeviceConfigException;

    Optional<String> optional(String key) throws DeviceConfigException;

    /** An integer from {@code min} to {@code max}, both included. */
    long integer(String key, long otherwise, long min, long max) throws DeviceConfigException;

    boolean bool(String key, boolean otherwise) throws DeviceConfigException;

    /** A size: a number of bytes, or text such as {@code "1GiB"}, {@code "512KiB"}, {@code "1.5TiB"}. */
    long bytes(String key) throws DeviceConfigException;

    long bytes(String key, long otherwise) throws DeviceConfigException;

    /** A duration: a number of seconds, or text such as {@code "250ms"}, {@code "30s"}, {@code "2m"}. */
    Duration duration(String key, Duration otherwise) throws DeviceConfigException;

    /** A path; a relative one counts from the directory that {@code [gateway]} names, or the configuration's own. */
    Path path(String key) throws DeviceConfigException;

    /** One of the enum's constants, written in lower case with hyphens: {@code "write-through"}. */
    <E extends Enum<E>> E oneOf(String key, E otherwise) throws DeviceConfigException;

    /**
     * Makes the exception for a value that has the right type and is wrong all the same: {@code throw
     * config.invalid("block_size", "is neither 512 nor 4096", "choose one of them")}.
     */
    DeviceConfigException invalid(String key, String problem, String remedy);

    /** Throws if a key was given that no getter has asked for; the message proposes the nearest known one. */
    void rejectUnknown() throws DeviceConfigException;

    /**
     * A configuration over plain values: {@link String}, {@link Boolean}, {@link Long} or {@link Integer}.
     *
     * @param base what relative paths count from
     * @param consumed keys that belong to whoever calls this ({@code name}, {@code type}) and are not unknown
     * @param line line of a key, from 1; 0 if unknown
     */
    static DeviceConfig of(
            String name, Map<String, ?> values, Path base, Set<String> consumed, ToIntFunction<String> line) {
        return of("device", name, values, base, consumed, line);
    }

    /**
     * The same of another table than {@code [[device]]}.
     *
     * @param word of the table, for messages
     */
    static DeviceConfig of(
            String word,
            String name,
            Map<String, ?> values,
            Path base,
            Set<String> consumed,
            ToIntFunction<String> line) {
        return new ConfigTable(word, name, values, base, consumed, line);
    }

    /** The same without a file behind it: for tests and programs. */
    static DeviceConfig of(String name, Map<String, ?> values) {
        return new ConfigTable("device", name, values, Path.of(""), Set.of(), key -> 0);
    }
}
