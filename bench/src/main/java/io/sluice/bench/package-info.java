// SPDX-License-Identifier: Apache-2.0
/** Peers, limits and ratios: interleaved runs, medians, one command each. */
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
