// SPDX-License-Identifier: Apache-2.0
/** The bytes of a cartridge, as {@code docs/cartridge-format.md} describes them: layouts, checksums, compression. */
@NullMarked
package io.sluice.vtl.store.format;

import org.jspecify.annotations.NullMarked;
