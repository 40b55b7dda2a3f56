// SPDX-License-Identifier: Apache-2.0
/**
 * What a cartridge needs of storage, and nothing that only a file system has: objects that grow at their end, small records that
 * are replaced as a whole, a lease. Local files are one kind.
 */
@NullMarked
package io.sluice.vtl.store.storage;

import org.jspecify.annotations.NullMarked;
