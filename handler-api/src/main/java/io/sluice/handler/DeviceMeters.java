// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Meters that a device adds to those that every device has (commands, latency, bytes). They are read, never pushed: keep a
 * field that one thread writes, and give a function that reads it. Names are lower-case with dots, {@code cache.hits}; the
 * exported name is {@code sluice.device.} + name with the tag {@code device}. They vanish with the device.
 */
public interface DeviceMeters {
    /** A number that only grows. */
    void counter(String name, String description, LongSupplier value);

    /** A number that goes up and down. */
    void gauge(String name, String description, DoubleSupplier value);
}
