// SPDX-License-Identifier: Apache-2.0
/** The ABI's layouts and the ring over shared memory; every system call is here. Not exported to plugins. */
@NullMarked
package io.sluice.ring;

import org.jspecify.annotations.NullMarked;
