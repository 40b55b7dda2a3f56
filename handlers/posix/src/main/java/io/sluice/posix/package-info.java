// SPDX-License-Identifier: Apache-2.0
/**
 * Files as the operating system has them: the few POSIX and Linux calls that {@code java.nio} does not offer (positional I/O
 * on raw addresses, O_DIRECT, RWF_DSYNC, holes, open file description locks), each behind a small type.
 */
@NullMarked
package io.sluice.posix;

import org.jspecify.annotations.NullMarked;
