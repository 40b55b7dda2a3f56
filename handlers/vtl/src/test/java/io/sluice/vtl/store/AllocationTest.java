// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A block that is written, found or read costs no heap, on files. What may, and is for many blocks at once: a checkpoint, a new segment,
 * opening one to read in, and every 8 MiB the request to write them back, which is too rare to be compiled. A round is shorter than that. The
 * first rounds warm up; then not one byte is allowed.
 */
final class AllocationTest {
    private static final int BLOCK = 4096;
    private static final int CALLS = 1_000;
    private static final int ROUNDS = 120;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final MemorySegment data = Arena.ofAuto().allocate(BLOCK);
    private final MemorySegment to = Arena.ofAuto().allocate(BLOCK);

    @TempDir
    Path folder;

    /** One call for the i-th time; what it returned that it must not is an error. */
    private interface Call {
        void make(Partition partition, int i);
    }

    private long least(Partition partition, Call call) {
        long thread = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < CALLS; i++) {
                call.make(partition, i);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        return least;
    }

    private static void good(boolean good, int i) {
        if (!good) {
            throw new AssertionError("call " + i + " ended otherwise than expected");
        }
    }

    private void append(Partition partition, int i, boolean compress) {
        long end = partition.objects();
        data.fill((byte) i);
        good(partition.writeBlock(end, data, 0, BLOCK, compress, i) == MediumResult.OK, i);
        good(i % 10 != 0 || partition.writeFilemarks(end + 1, 1, i) == MediumResult.OK, i);
        good(partition.room() > 0 && partition.durable() <= partition.objects(), i);
    }

    private void read(Partition partition, long object, int i) {
        long read = partition.read(object, to, 0, BLOCK);
        good(read == BLOCK || read == MediumResult.FILEMARK, i);
        good(partition.length(object) == read && partition.used(object) >= 0, i);
        good(partition.filemark(partition.filemarksBefore(object)) >= object, i);
    }

    @Test
    void shouldNotAllocateForABlockOrAFilemark() throws Exception {
        try (StoredCartridges store = StoredCartridges.in(folder)) {
            store.create(new CartridgeLabel("HEAP01L8", MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
            try (Cartridge cartridge = store.mount("HEAP01L8", new UUID(1, 1))) {
                Partition p = cartridge.partition(0);
                assertThat(least(p, (at, i) -> append(at, i, false)))
                        .as("writing blocks as they are")
                        .isZero();
                assertThat(least(p, (at, i) -> append(at, i, true)))
                        .as("writing compressed blocks")
                        .isZero();
                good(p.writeFilemarks(p.objects(), 1, 0) == MediumResult.OK, 0);
                long half = p.objects() / 2;
                assertThat(least(p, (at, i) -> read(at, i, i)))
                        .as("reading, the first segment")
                        .isZero();
                assertThat(least(p, (at, i) -> read(at, half + i * 7919L % half, i)))
                        .as("reading here and there")
                        .isZero();
                assertThat(least(p, (at, i) -> good(at.sync() == MediumResult.OK, i)))
                        .as("syncing what is synced")
                        .isZero();
            }
        }
    }
}
