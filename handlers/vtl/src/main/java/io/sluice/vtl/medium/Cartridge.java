// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A cartridge that is mounted in a drive, which is its only user until it is closed. Threads: one at a time. */
public interface Cartridge extends AutoCloseable {
    /** What is known of it; see {@link CartridgeStore#label}. */
    CartridgeLabel label();

    /** Partitions, 1 or more; the formats of today have one. */
    int partitions();

    /** Partition {@code index}, counted from 0. */
    Partition partition(int index);

    /** Names this cartridge, whatever its barcode; the same for its life. */
    UUID serial();

    /** What is kept with it; null if that is damaged beyond reading, which leaves the data as they are. */
    @Nullable
    CartridgeMemory memory();

    /**
     * Makes that what is kept with it, also on a write protected cartridge; after a power cut in the middle it is as before or as asked. The capacity
     * of its partitions follows {@link CartridgeMemory#proportion}.
     *
     * @return {@link MediumResult#OK}; it is durable then. {@link MediumResult#NO_SPACE} or {@link MediumResult#STORAGE_FAILED}: then it is as
     *     before, and the log has why
     */
    long keep(CartridgeMemory memory);

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
