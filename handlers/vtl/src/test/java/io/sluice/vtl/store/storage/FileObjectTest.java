// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.vtl.medium.MediumResult;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that grows by two pieces of memory at once, is read into two, and has room behind its end. */
final class FileObjectTest {
    private static final int BYTES = 1 << 20;
    private static final int HEAD = 192;

    private final MemorySegment data = Arena.ofAuto().allocate(BYTES);
    private final byte[] random = new byte[BYTES];

    @TempDir
    Path root;

    private Path file = Path.of("");

    @BeforeEach
    void fill() {
        new Random(1).nextBytes(random);
        MemorySegment.copy(random, 0, data, ValueLayout.JAVA_BYTE, 0, BYTES);
        file = root.resolve("S").resolve("o");
    }

    private StorageObject create() throws IOException {
        StorageSpace space = new FileStorage(root).space("S");
        space.make();
        return space.create("o");
    }

    @Test
    void shouldAppendTwoPiecesBehindOneAnother() throws IOException {
        try (StorageObject object = create()) {
            assertThat(object.append(data, 0, 10)).isEqualTo(MediumResult.OK);
            assertThat(object.append(data, HEAD, data, 1000, 5000)).isEqualTo(MediumResult.OK);
            assertThat(object.length()).isEqualTo(10 + HEAD + 5000);
        }
        byte[] expected = new byte[10 + HEAD + 5000];
        System.arraycopy(random, 0, expected, 0, 10);
        System.arraycopy(random, 0, expected, 10, HEAD);
        System.arraycopy(random, 1000, expected, 10 + HEAD, 5000);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @Test
    void shouldReadIntoTwoPiecesAndSayHowMuchIsThere() throws IOException {
        MemorySegment head = Arena.ofAuto().allocate(HEAD);
        MemorySegment to = Arena.ofAuto().allocate(5000);
        try (StorageObject object = create()) {
            assertThat(object.append(data, 0, 4000)).isEqualTo(MediumResult.OK);
            assertThat(object.read(100, head, HEAD, to, 1000, 3000)).isEqualTo(HEAD + 3000);
            assertThat(head.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(Arrays.copyOfRange(random, 100, 100 + HEAD));
            assertThat(to.asSlice(1000, 3000).toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(Arrays.copyOfRange(random, 100 + HEAD, 100 + HEAD + 3000));
            assertThat(object.read(3000, head, HEAD, to, 0, 5000))
                    .as("to the end")
                    .isEqualTo(1000);
            assertThat(object.read(3900, head, HEAD, to, 0, 5000))
                    .as("a piece of the first")
                    .isEqualTo(100);
            assertThat(object.read(4000, head, HEAD, to, 0, 5000)).as("nothing").isZero();
        }
    }

    @Test
    void shouldTakeRoomBehindTheEndAndGiveItBack() throws Exception {
        try (StorageObject object = create()) {
            assertThat(object.append(data, 0, 5000)).isEqualTo(MediumResult.OK);
            assertThat(object.sync()).isEqualTo(MediumResult.OK);
            long before = kibibytes();
            object.reserve(8L << 20);
            Assumptions.assumeTrue(kibibytes() > before, "SKIPPED: the file system reserves no space");
            assertThat(kibibytes()).isGreaterThanOrEqualTo((8 << 10) + 4);
            assertThat(Files.size(file)).as("the end is where it was").isEqualTo(5000);
            assertThat(object.append(data, HEAD, data, 0, 5000)).isEqualTo(MediumResult.OK);
            assertThat(object.truncate(object.length())).isEqualTo(MediumResult.OK);
            assertThat(kibibytes()).isLessThan(before + 16);
            assertThat(Files.size(file)).isEqualTo(10_000 + HEAD);
        }
    }

    private long kibibytes() throws IOException {
        Process du = new ProcessBuilder("du", "-k", file.toString()).start();
        String printed = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Long.parseLong(printed.substring(0, printed.indexOf('\t')));
    }

    @Test
    void shouldSayThatTheStorageIsFull() throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full), "SKIPPED: no /dev/full");
        Files.createDirectories(root.resolve("S"));
        Files.createSymbolicLink(file, full);
        try (StorageObject object = new FileStorage(root).space("S").open("o", true)) {
            assertThat(object.append(data, HEAD, data, 0, 5000)).isEqualTo(MediumResult.NO_SPACE);
            assertThat(object.length()).isZero();
            assertThat(object.failure()).contains("pwritev", "ENOSPC");
        } finally {
            Files.delete(file);
        }
    }
}
