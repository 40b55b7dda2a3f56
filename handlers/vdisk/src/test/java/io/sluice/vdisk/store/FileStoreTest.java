// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class FileStoreTest extends BlockStoreContract {
    private Path file() {
        return folder.resolve("disk.img");
    }

    @Override
    BlockStore open(long size) throws IOException {
        return StoreFiles.open(new StoreFiles.Request(file(), size, 512, false, true, false));
    }

    @Test
    void shouldKeepItsDataWhenReopened() throws IOException {
        byte[] data = random(4096, 11);
        write(8192, data, 0, false);
        store.close();
        store = open(0);
        assertThat(store.size()).isEqualTo(SIZE);
        assertThat(read(8192, 4096)).isEqualTo(data);
    }

    @Test
    void shouldLeaveToTheWorkersWhatDoesNotCoverWholePages() {
        assertThat(store.tryWrite(4096, buffer, 0, 4096)).isTrue();
        assertThat(store.tryWrite(512, buffer, 0, 4096)).isFalse();
        assertThat(store.tryWrite(4096, buffer, 0, 512)).isFalse();
    }

    @Test
    void shouldNotGrowAgainByAWriteWithoutWaitingThatRacedWithAShrink() throws IOException {
        store.resize(SIZE / 2);
        assertThat(store.tryWrite(SIZE / 2, buffer, 0, 4096)).isFalse();
        assertThat(Files.size(file())).isEqualTo(SIZE / 2);
    }

    @Test
    void shouldLeaveHolesThatOtherToolsSee() throws IOException, InterruptedException {
        write(0, random(65536, 12), 0, true);
        long before = diskUsage();
        assertThat(before).isGreaterThanOrEqualTo(65536);
        assertThat(store.discard(0, 32768)).isEqualTo(Outcome.OK);
        assertThat(store.flush()).isEqualTo(Outcome.OK);
        assertThat(before - diskUsage()).isGreaterThanOrEqualTo(32768);
    }

    @Test
    void shouldGrowWithZerosAndShrink() throws IOException {
        write(SIZE - 4096, random(4096, 13), 0, false);
        store.resize(2 * SIZE);
        assertThat(store.size()).isEqualTo(2 * SIZE);
        assertThat(Files.size(file())).isEqualTo(2 * SIZE);
        assertThat(read(SIZE, SIZE)).containsOnly(0);
        store.resize(SIZE / 2);
        assertThat(Files.size(file())).isEqualTo(SIZE / 2);
        assertThat(store.size()).isEqualTo(SIZE / 2);
    }

    @Test
    void shouldNotGrowAgainByAWriteThatRacedWithAShrink() throws IOException {
        store.resize(SIZE / 2);
        long outcome = store.write(SIZE / 2 - 512, buffer, 0, 1024, false);
        assertThat(Outcome.isOk(outcome)).isFalse();
        assertThat(Outcome.failure(outcome)).isEqualTo(StoreFailure.BEYOND_END);
        assertThat(Outcome.bytesDone(outcome)).isEqualTo(512);
        assertThat(Files.size(file())).isEqualTo(SIZE / 2);
    }

    @Test
    void shouldSayWhereAFileThatSomebodyCutEnds() throws IOException {
        try (RandomAccessFile other = new RandomAccessFile(file().toFile(), "rw")) {
            other.setLength(10240);
        }
        long outcome = store.read(8192, buffer, 0, 4096);
        assertThat(Outcome.isOk(outcome)).isFalse();
        assertThat(Outcome.failure(outcome)).isEqualTo(StoreFailure.BEYOND_END);
        assertThat(Outcome.bytesDone(outcome)).isEqualTo(2048);
    }

    /** Bytes that du(1) finds allocated: a witness that shares no code with us. */
    private long diskUsage() throws IOException, InterruptedException {
        Process du = new ProcessBuilder("du", "--block-size=1", file().toString()).start();
        String line = new String(du.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(du.waitFor()).isZero();
        return Long.parseLong(line.substring(0, line.indexOf('\t')));
    }
}
