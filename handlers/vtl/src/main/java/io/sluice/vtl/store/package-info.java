// SPDX-License-Identifier: Apache-2.0
/**
 * Cartridges on storage: a log of segments for each, with an index that can always be made again from the log. The bytes are described
 * in {@code docs/cartridge-format.md}.
 */
@NullMarked
package io.sluice.vtl.store;

import org.jspecify.annotations.NullMarked;
