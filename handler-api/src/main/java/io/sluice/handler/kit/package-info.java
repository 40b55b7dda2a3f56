// SPDX-License-Identifier: Apache-2.0
/**
 * The device-server kit: what every SCSI device needs and no author wants to write again. A device is a
 * {@code CommandTable} and the methods behind it; INQUIRY, mode pages and log pages are
 * {@code CommandSet}s that put themselves into that table.
 */
@NullMarked
package io.sluice.handler.kit;

import org.jspecify.annotations.NullMarked;
