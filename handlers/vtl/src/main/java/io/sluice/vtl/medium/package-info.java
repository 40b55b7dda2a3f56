// SPDX-License-Identifier: Apache-2.0
/**
 * What a drive needs of a cartridge, and nothing of how it is kept: the seam between the tape drive (SSC-5) above and the
 * cartridge store below. Nothing here assumes a file.
 */
@NullMarked
package io.sluice.vtl.medium;

import org.jspecify.annotations.NullMarked;
