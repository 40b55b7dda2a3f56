// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects that are deleted by and by, on a thread of their own. */
final class DiscardsTest {
    private static final int BYTES = 1 << 20;
    private static final int OBJECTS = 50;

    private final MemorySegment data = Arena.ofAuto().allocate(BYTES);

    @TempDir
    Path root;

    private StorageSpace space() throws IOException {
        StorageSpace space = new FileStorage(root).space("S");
        space.make();
        return space;
    }

    private void create(StorageSpace space, String name) throws IOException {
        try (StorageObject object = space.create(name)) {
            object.append(data, 0, BYTES);
        }
    }

    private static void awaitAll(StorageSpace space) {
        boolean any = true;
        while (any) {
            any = space.awaitDiscarded();
        }
        assertThat(space.awaitAllDiscarded(0)).isTrue();
    }

    @Test
    void shouldDeleteThemAllAndSayWhenTheyAreGone() throws IOException {
        StorageSpace space = space();
        create(space, "kept");
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < OBJECTS; i++) {
                create(space, "o" + i);
            }
            for (int i = 0; i < OBJECTS; i++) {
                space.discard("o" + i);
            }
            space.discard("never there");
            awaitAll(space);
            assertThat(space.list()).containsExactly("kept");
        }
    }

    /** Its thread may be at any point when the name is taken again. */
    @Test
    void shouldSpareAnObjectThatTookTheNameOfADiscardedOne() throws IOException {
        StorageSpace space = space();
        for (int i = 0; i < 200; i++) {
            space.create("other").close();
            space.create("same").close();
            space.discard("other");
            space.discard("same");
            if (i % 2 == 0) {
                create(space, "same");
            } else {
                space.replace("same", data, BYTES);
            }
            awaitAll(space);
            assertThat(space.list()).as("time %d", i).containsExactly("same");
            try (StorageObject object = space.open("same", false)) {
                assertThat(object.length()).isEqualTo(BYTES);
            }
        }
    }

    /** Who unloads a tape that was full is not kept until the last of thousands is gone. */
    @Test
    void shouldNotWaitLongerThanItIsTold() throws IOException {
        StorageSpace space = space();
        for (int i = 0; i < 500; i++) {
            create(space, "o" + i);
        }
        for (int i = 0; i < 500; i++) {
            space.discard("o" + i);
        }
        assertThat(space.list()).as("gone already for who asks").isEmpty();
        assertThat(space.awaitAllDiscarded(0)).isFalse();
        // The same names again, while they are deleted.
        create(space, "o499");
        assertThat(space.awaitAllDiscarded(60_000_000_000L)).isTrue();
        assertThat(space.list()).containsExactly("o499");
        assertThat(files()).containsExactlyInAnyOrder("o499");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("S"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void shouldDeleteWhatAProcessLeftThatWasDeleting() throws IOException {
        StorageSpace space = space();
        create(space, "kept");
        Files.write(root.resolve("S/discarded-1"), new byte[20 << 20]);
        Files.write(root.resolve("S/discarded-2"), new byte[1]);
        assertThat(space.list()).containsExactly("kept");
        space.lease().close();
        awaitAll(space);
        assertThat(files()).containsExactlyInAnyOrder("kept", "lock");
        Files.write(root.resolve("S/discarded-3"), new byte[1]);
        space.remove();
        assertThat(Files.exists(root.resolve("S"))).isFalse();
    }

    @Test
    void shouldLeaveTheCopyThatIsALinkAlone() throws IOException {
        StorageSpace space = space();
        int large = 20;
        for (String name : List.of("linked", "not")) {
            try (StorageObject object = space.create(name)) {
                for (int i = 0; i < large; i++) {
                    object.append(data, 0, BYTES);
                }
            }
        }
        Path copy = Files.createLink(root.resolve("copy"), root.resolve("S/linked"));
        space.discard("linked");
        space.discard("not");
        awaitAll(space);
        assertThat(space.list()).isEmpty();
        assertThat(Files.size(copy)).isEqualTo((long) large * BYTES);
    }
}
