// SPDX-License-Identifier: Apache-2.0
/**
 * What a disk keeps its blocks in: an interface, and the kinds that are local to this machine. Nothing outside this package
 * may assume a file.
 */
@NullMarked
package io.sluice.vdisk.store;

import org.jspecify.annotations.NullMarked;
