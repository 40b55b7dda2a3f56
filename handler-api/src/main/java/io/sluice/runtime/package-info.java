// SPDX-License-Identifier: Apache-2.0
/**
 * Runs devices on the ring: one loop thread per queue, worker threads for devices that may wait, one admin loop per session.
 * For the appliance; plugins see {@link io.sluice.handler} alone.
 */
@NullMarked
package io.sluice.runtime;

import org.jspecify.annotations.NullMarked;
