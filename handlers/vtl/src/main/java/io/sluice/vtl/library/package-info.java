// SPDX-License-Identifier: Apache-2.0
/**
 * A library: its elements and what is in them, its journalled inventory, and the bays by which it meets its drives. The
 * media changer (SMC-3) is a window on it.
 */
@NullMarked
package io.sluice.vtl.library;

import org.jspecify.annotations.NullMarked;
