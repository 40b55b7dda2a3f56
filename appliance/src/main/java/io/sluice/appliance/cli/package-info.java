// SPDX-License-Identifier: Apache-2.0
/** The command line; the launcher calls it. */
@NullMarked
package io.sluice.appliance.cli;

import org.jspecify.annotations.NullMarked;
