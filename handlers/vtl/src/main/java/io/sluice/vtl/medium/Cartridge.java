// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

import java.io.IOException;

/** A cartridge that is mounted in a drive, which is its only user until it is closed. Threads: one at a time. */
public interface Cartridge extends AutoCloseable {
    /** What is known of it; see {@link CartridgeStore#label}. */
    CartridgeLabel label();

    /** Partitions, 1 or more; the formats of today have one. */
    int partitions();

    /** Partition {@code index}, counted from 0. */
    Partition partition(int index);

    /** True if nothing can be written: the write protect switch, or storage that is read-only. */
    boolean writeProtected();

    /**
     * Syncs and unmounts.
     *
     * @throws IOException names what may be lost
     */
    @Override
    void close() throws IOException;
}
