// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thin file that is larger than its file system, on a tmpfs of one MiB. Needs root to mount it. */
final class FullFileSystemTest {
    private static final int ROOM = 1 << 20;

    @TempDir
    Path folder;

    private boolean mounted;

    @BeforeEach
    void mountTmpfs() throws IOException, InterruptedException {
        Process mount = run("mount", "-t", "tmpfs", "-o", "size=" + ROOM, "tmpfs", folder.toString());
        mounted = mount.waitFor() == 0;
        Assumptions.assumeTrue(mounted, "SKIPPED: mounting a tmpfs needs root");
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(run("umount", folder.toString()).waitFor()).isZero();
        }
    }

    @Test
    void shouldSayHowFarAWriteCameWhenSpaceEnded() throws IOException {
        var request = new StoreFiles.Request(folder.resolve("disk"), 8 * ROOM, 512, false, true, false);
        try (Arena arena = Arena.ofConfined();
                BlockStore store = StoreFiles.open(request)) {
            MemorySegment data = arena.allocate(2 * ROOM, 4096).fill((byte) 1);
            long outcome = store.write(0, data, 0, 2 * ROOM, false);
            assertThat(Outcome.isOk(outcome)).isFalse();
            assertThat(Outcome.failure(outcome)).isEqualTo(StoreFailure.NO_SPACE);
            assertThat(Outcome.bytesDone(outcome)).isBetween(1L, (long) ROOM);

            assertThat(store.discard(0, 4 * ROOM)).isEqualTo(Outcome.OK);
            assertThat(store.write(0, data, 0, 4096, true)).isEqualTo(Outcome.OK);
            assertThat(store.flush()).isEqualTo(Outcome.OK);
            assertThat(store.read(0, data, 4096, 4096)).isEqualTo(Outcome.OK);
            assertThat(data.get(ValueLayout.JAVA_BYTE, 4096)).isEqualTo((byte) 1);
        }
    }

    private static Process run(String... command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
