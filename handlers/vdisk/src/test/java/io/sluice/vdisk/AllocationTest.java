// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.handler.testkit.FakeCommand;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading and writing costs no heap. The first rounds warm up; then not one byte is allowed. */
final class AllocationTest {
    private static final int WARM_UP = 60_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path home;

    @Test
    void shouldNotAllocateOnANullDisk() throws Exception {
        try (DiskRig disk = DiskRig.open(home, "backend", "null")) {
            assertNothingAllocated(disk, 1_000_000);
        }
    }

    @Test
    void shouldNotAllocateOnARamDisk() throws Exception {
        try (DiskRig disk = DiskRig.open(home, "backend", "ram", "size", "64MiB")) {
            assertNothingAllocated(disk, 1_000_000);
        }
    }

    @Test
    void shouldNotAllocateOnAFile() throws Exception {
        try (DiskRig disk = DiskRig.open(home, "path", home.resolve("disk").toString(), "size", "64MiB")) {
            assertNothingAllocated(disk, 100_000);
        }
    }

    private void assertNothingAllocated(DiskRig disk, int commands) {
        FakeCommand read = disk.prepared(4096, Cdb.block(0x28, 0, 64, 8));
        FakeCommand write = disk.prepared(new byte[4096], Cdb.block(0x8A, 0, 128, 8));
        run(disk, read, write, WARM_UP);
        long thread = Thread.currentThread().threadId();
        // A compiler that finishes late may cost the interpreter some bytes once; a leak per command shows in every
        // round.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 12 && least > 0; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            run(disk, read, write, commands);
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(least).isZero();
    }

    private static void run(DiskRig disk, FakeCommand read, FakeCommand write, int commands) {
        for (int i = 0; i < commands; i += 4) {
            step(read.restart(), disk.device());
            step(write.restart(), disk.device());
            if (!disk.device().tryExecute(read.restart()) || !read.isGood()) {
                throw new AssertionError("a read of cached blocks went to the workers");
            }
            step(write.restart(), disk.device());
        }
    }

    private static void step(FakeCommand command, Vdisk disk) {
        disk.execute(command);
        if (!command.isGood()) {
            throw new AssertionError("the command failed: " + command.answer().status());
        }
    }
}
