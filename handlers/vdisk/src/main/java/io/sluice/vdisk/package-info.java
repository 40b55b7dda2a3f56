// SPDX-License-Identifier: Apache-2.0
/** A direct access block device (SBC-4) over any {@link io.sluice.vdisk.store.BlockStore}. */
@NullMarked
package io.sluice.vdisk;

import org.jspecify.annotations.NullMarked;
