// SPDX-License-Identifier: Apache-2.0
/**
 * The SPI: what a device is to Sluice and what Sluice gives a device.
 *
 * <p>A plugin is a JAR with a {@link io.sluice.handler.DeviceProvider} that {@link java.util.ServiceLoader} finds. It
 * opens a {@link io.sluice.handler.Device}, whose {@code execute} gets each {@link io.sluice.handler.ScsiCommand}. The
 * gateway has done its part by then: LUN map, ordering, reservations, Unit Attentions, and the Data-Out is there.
 */
@NullMarked
package io.sluice.handler;

import org.jspecify.annotations.NullMarked;
