// SPDX-License-Identifier: Apache-2.0
/**
 * A gateway for tests of devices, without a daemon, a socket or another process: the seed of the contract suite that every
 * handler can run on itself. {@link io.sluice.handler.testing.GatewayDouble} lays out real rings in memory and runs the device
 * on the runtime that serves it in production, so threads, order and data come as they would there.
 */
@NullMarked
package io.sluice.handler.testing;

import org.jspecify.annotations.NullMarked;
