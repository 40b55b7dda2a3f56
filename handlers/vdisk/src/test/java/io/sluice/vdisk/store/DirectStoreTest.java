// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.posix.FileShape;
import io.sluice.posix.NativeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class DirectStoreTest extends BlockStoreContract {
    /** Worse than most media, so that 512-byte blocks need read-modify-write. */
    private static final int UNIT = 4096;

    @Override
    BlockStore open(long size) throws IOException {
        var request = new StoreFiles.Request(folder.resolve("disk.img"), size, 512, false, true, true);
        try {
            StoreFiles.open(request).close();
        } catch (IOException e) {
            Assumptions.abort("SKIPPED: the temporary folder's file system has no O_DIRECT: " + e.getMessage());
        }
        NativeFile cached = NativeFile.open(request.path(), NativeFile.Mode.READ_WRITE);
        NativeFile direct = NativeFile.open(request.path(), NativeFile.Mode.READ_WRITE.withDirect(true));
        return new DirectStore(direct, new FileStore(cached, FileShape.of(cached), size), UNIT, UNIT);
    }

    @Test
    void shouldNotLoseNeighboursWhenWritersShareAUnit() throws InterruptedException {
        // Two blocks of one unit, each written by its own thread: a lost update would bring an old value back.
        Thread[] writers = new Thread[2];
        boolean[] failed = new boolean[2];
        for (int w = 0; w < writers.length; w++) {
            int lane = w;
            writers[w] = new Thread(() -> {
                int at = (1 << 20) + lane * 8192;
                for (int round = 1; round <= 300 && !failed[lane]; round++) {
                    buffer.asSlice(at, 512).fill((byte) round);
                    failed[lane] |= !Outcome.isOk(store.write(lane * 512L, buffer, at, 512, false))
                            || !Outcome.isOk(store.read(lane * 512L, buffer, at + 4096, 512))
                            || buffer.asSlice(at + 4096, 512).mismatch(buffer.asSlice(at, 512)) >= 0;
                }
            });
            writers[w].start();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(failed).containsOnly(false);
    }

    @Test
    void shouldWriteMoreThanItsBounceBufferFromAnOddAddress() throws IOException {
        store.resize(4 << 20);
        byte[] data = new byte[(2 << 20) + 1536];
        new Random(21).nextBytes(data);
        write(512, data, 8, false);
        assertThat(read(512, data.length)).isEqualTo(data);
    }

    @Test
    void shouldRefuseSizesThatItCannotReach() {
        assertThatThrownBy(() -> store.resize(SIZE + 512))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("4096")
                .hasMessageContaining("backend = \"file\"");
    }

    @Test
    void shouldNotGrowByAWriteBeyondTheEnd() throws IOException {
        long outcome = store.write(SIZE, buffer, 0, 4096, false);
        assertThat(Outcome.failure(outcome)).isEqualTo(StoreFailure.BEYOND_END);
        assertThat(Files.size(folder.resolve("disk.img"))).isEqualTo(SIZE);
    }
}
