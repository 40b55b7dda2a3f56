// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.handler.testkit.FakeCommand;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading and writing costs the drive no heap, over a medium that needs none. The first rounds warm up; then not one byte is allowed. */
final class AllocationTest {
    private static final int WARM_UP = 100_000;
    private static final int COMMANDS = 500_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path home;

    @Test
    void shouldNotAllocateForReadsWritesAndFilemarks() throws Exception {
        DriveRig rig = DriveRig.over(home, new EndlessPartition());
        FakeCommand write = rig.prepared(new byte[4096], 0, "0A 00 00 10 00 00");
        FakeCommand read = rig.prepared(new byte[0], 4096, "08 00 00 10 00 00");
        FakeCommand shortRead = rig.prepared(new byte[0], 8192, "08 00 00 20 00 00");
        FakeCommand mark = rig.prepared(new byte[0], 0, "10 01 00 00 01 00");
        FakeCommand[] commands = {write, read, shortRead, mark};
        run(rig, commands, WARM_UP);
        long thread = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 12 && least > 0; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            run(rig, commands, COMMANDS);
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(least).isZero();
    }

    private static void run(DriveRig rig, FakeCommand[] commands, int count) {
        for (int i = 0; i < count; i++) {
            FakeCommand next = commands[i & 3].restart().numbered(i + 1L, false);
            rig.drive().execute(next);
            if (!next.hasEnded() || next.isGood() == ((i & 3) == 2)) {
                throw new AssertionError("command " + i + " ended otherwise than expected");
            }
        }
    }

    /** Any number of blocks of 4096 bytes. */
    private static final class EndlessPartition implements Partition {
        private static final int BLOCK = 4096;

        @Override
        public long objects() {
            return Long.MAX_VALUE / BLOCK;
        }

        @Override
        public long filemarks() {
            return 0;
        }

        @Override
        public long filemarksBefore(long object) {
            return 0;
        }

        @Override
        public long filemark(long index) {
            return MediumResult.END_OF_DATA;
        }

        @Override
        public long length(long object) {
            return BLOCK;
        }

        @Override
        public long read(long object, MemorySegment to, long toOffset, int limit) {
            return BLOCK;
        }

        @Override
        public boolean isAtHand(long from, long to) {
            return true;
        }

        @Override
        public boolean isReady(int blocks, int bytes, boolean compress) {
            return true;
        }

        @Override
        public long writeBlock(
                long at, MemorySegment from, long fromOffset, int bytes, boolean compress, long sequence) {
            return MediumResult.OK;
        }

        @Override
        public long writeFilemarks(long at, long count, long sequence) {
            return MediumResult.OK;
        }

        @Override
        public long erase(long at, long sequence) {
            return MediumResult.OK;
        }

        @Override
        public long sync() {
            return MediumResult.OK;
        }

        @Override
        public long durable() {
            return 0;
        }

        @Override
        public long recorded(long sequence) {
            return 0;
        }

        @Override
        public long used(long object) {
            return object;
        }

        @Override
        public long capacity() {
            return Long.MAX_VALUE;
        }

        @Override
        public long hostBytes(long object) {
            return object * BLOCK;
        }
    }
}
