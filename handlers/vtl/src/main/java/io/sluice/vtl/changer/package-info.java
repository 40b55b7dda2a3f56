// SPDX-License-Identifier: Apache-2.0
/** The media changer (SMC-3): a device server over a {@link io.sluice.vtl.library.Library}. */
@NullMarked
package io.sluice.vtl.changer;

import org.jspecify.annotations.NullMarked;
