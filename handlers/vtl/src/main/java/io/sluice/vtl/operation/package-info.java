// SPDX-License-Identifier: Apache-2.0
/** What operators see of a library: its table of the configuration, and the commands {@code sluice library}, {@code tape} and {@code drive}. */
@NullMarked
package io.sluice.vtl.operation;

import org.jspecify.annotations.NullMarked;
