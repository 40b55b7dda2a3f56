// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.posix.Errno;
import io.sluice.posix.NativeFile;
import io.sluice.vtl.medium.MediumResult;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is written from memory behind its user's back has what it was given at any time, whoever looks: its user, a successor, or nobody's eyes but the disk's. */
final class WriteBehindTest {
    private static final Path MACHINE = Path.of("/dev/shm");
    private static final int MOST = 24 << 20;
    private static final int LARGEST = 6 << 20;
    private static final int STEPS = 1500;
    private static final int WHOLE = BufferMemory.SLOTS * BufferMemory.SLOT_BYTES;

    private final MemorySegment data = Arena.ofAuto().allocate(LARGEST);
    private final MemorySegment read = Arena.ofAuto().allocate(LARGEST);
    private final byte[] content = new byte[MOST + LARGEST];
    private final Random random = new Random(11);
    private final List<Path> toDelete = new ArrayList<>();
    private int length;

    @TempDir
    Path folder;

    @BeforeEach
    void haveMemory() throws IOException {
        Assumptions.assumeTrue(
                Files.isDirectory(MACHINE) && Files.getFileStore(MACHINE).type().equals("tmpfs"),
                "SKIPPED: no tmpfs at /dev/shm");
        byte[] some = new byte[LARGEST];
        random.nextBytes(some);
        MemorySegment.copy(some, 0, data, ValueLayout.JAVA_BYTE, 0, LARGEST);
    }

    @AfterEach
    void delete() throws IOException {
        for (Path file : toDelete) {
            if (Files.isDirectory(file)) {
                try (Stream<Path> all = Files.walk(file)) {
                    all.sorted(Comparator.reverseOrder())
                            .forEach(each -> each.toFile().delete());
                }
            } else {
                Files.deleteIfExists(file);
            }
        }
    }

    private static StorageSpace space(Path root) throws IOException {
        StorageSpace space = new FileStorage(root).space("S");
        space.make();
        return space;
    }

    /** Of a size as records have, and of all sizes up to that of the memory and beyond. */
    private int size() {
        return switch (random.nextInt(8)) {
            case 0 -> 1 + random.nextInt(5000);
            case 1 -> 64 * (1 + random.nextInt(LARGEST / 64));
            default -> 64 * (1 + random.nextInt(2000));
        };
    }

    private void append(StorageObject object) {
        int head = 64 * random.nextInt(4);
        int bytes = size();
        int at = random.nextInt(LARGEST - bytes + 1);
        long result = head == 0
                ? object.append(data, at, bytes)
                : object.append(data.asSlice(0, head), head, data, at, bytes);
        assertThat(result).as(object::failure).isEqualTo(MediumResult.OK);
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, content, length, head);
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, content, length + head, bytes);
        length += head + bytes;
    }

    private void readSomewhere(StorageObject object) {
        int at = random.nextInt(length + 1);
        int bytes = random.nextInt(Math.min(length - at, LARGEST) + 1);
        object.isAtHand(at, bytes);
        assertThat(object.read(at, read, 0, bytes)).isEqualTo(bytes);
        assertThat(read.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE))
                .isEqualTo(Arrays.copyOfRange(content, at, at + bytes));
    }

    /** What a process that died just now would have left is whole for another. */
    private void succeed(Path root) throws IOException {
        Path successor = folder.resolve(UUID.randomUUID().toString());
        Path there = Files.createDirectories(successor.resolve("S"));
        Path link = root.resolve("S").resolve(BufferMemory.LINK);
        if (Files.exists(link)) {
            Path copy = MACHINE.resolve("sluice-test-" + UUID.randomUUID());
            toDelete.add(copy);
            // The memory first: what is written meanwhile is in it, and in the file, too.
            Files.copy(link, copy);
            Files.createSymbolicLink(there.resolve(BufferMemory.LINK), copy);
        }
        Files.copy(root.resolve("S").resolve("o"), there.resolve("o"), StandardCopyOption.REPLACE_EXISTING);
        StorageSpace space = space(successor);
        try (StorageSpace.Lease lease = space.lease();
                StorageObject object = space.open("o", true)) {
            assertThat(lease).isNotNull();
            assertThat(object.length()).isEqualTo(length);
            assertContent(there.resolve("o"));
        }
        assertThat(Files.exists(there.resolve(BufferMemory.LINK), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(toDelete).noneMatch(Files::isRegularFile);
        Files.delete(there.resolve("o"));
    }

    private void assertContent(Path file) throws IOException {
        byte[] found = Files.readAllBytes(file);
        assertThat(found).hasSize(length);
        assertThat(Arrays.mismatch(found, 0, length, content, 0, length)).isEqualTo(-1);
    }

    /** On a file system that can write past its cache, and on one that perhaps cannot. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHaveWhatItWasGivenAtAnyTime(boolean inMemory) throws IOException {
        if (inMemory) {
            Path root = Files.createTempDirectory(MACHINE, "sluice-test");
            toDelete.add(root);
            play(root);
        } else {
            play(folder.resolve("root"));
        }
    }

    private void play(Path root) throws IOException {
        StorageSpace space = space(root);
        StorageSpace.Lease lease = space.lease();
        StorageObject object = space.create("o");
        int heldBack = 0;
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(40)) {
                case 0 -> object.reserve(1 + random.nextInt(12 << 20));
                case 1 -> assertThat(object.sync()).isEqualTo(MediumResult.OK);
                case 2 -> readSomewhere(object);
                case 3 -> {
                    heldBack += Files.size(root.resolve("S/o")) < length ? 1 : 0;
                    succeed(root);
                }
                case 4 -> {
                    length =
                            length > MOST - LARGEST ? random.nextInt(4 << 20) : length - random.nextInt(length + 1) / 8;
                    assertThat(object.truncate(length)).isEqualTo(MediumResult.OK);
                }
                case 5 -> {
                    object.close();
                    assertContent(root.resolve("S/o"));
                    if (random.nextBoolean()) {
                        lease.close();
                        assertThat(space.list()).containsExactly("o");
                        lease = space.lease();
                    }
                    object = space.open("o", true);
                }
                default -> {
                    if (length < MOST) {
                        append(object);
                    }
                }
            }
            assertThat(object.length()).as("step %d", step).isEqualTo(length);
        }
        object.close();
        lease.close();
        assertContent(root.resolve("S/o"));
        assertThat(heldBack).as("times that something was in memory only").isPositive();
    }

    // ---- waiting

    private BufferMemory memory() throws IOException {
        BufferMemory memory = BufferMemory.make(folder);
        assertThat(memory).isNotNull();
        toDelete.add(Files.readSymbolicLink(folder.resolve(BufferMemory.LINK)));
        return Objects.requireNonNull(memory);
    }

    @Test
    void shouldHaveRoomAtOnceForAsMuchAsItSays() throws IOException {
        try (BufferMemory memory = memory();
                NativeFile file = NativeFile.open(folder.resolve("o"), NativeFile.Mode.CREATE)) {
            WriteBehind nobodyWrites = new WriteBehind(memory, file, task -> {});
            assertThat(nobodyWrites.hasRoom(1)).as("nothing begun").isFalse();
            assertThat(nobodyWrites.append(0, data, 0, 100)).isEqualTo(100);
            int at = 100;
            while (nobodyWrites.hasRoom(70_000)) {
                assertThat(nobodyWrites.append(at, data, at, 70_000)).isEqualTo(70_000);
                at += 70_000;
                assertThat(file.size()).as("nothing was waited for").isZero();
            }
            assertThat(at).isGreaterThan(WHOLE - 70_000);
            assertThat(nobodyWrites.firstHeld()).isZero();
            assertThat(nobodyWrites.append(at, data, at, 70_000)).isEqualTo(70_000);
            assertThat(file.size()).as("now it was").isEqualTo(WHOLE);
            assertThat(nobodyWrites.firstHeld()).isEqualTo(WHOLE);
            assertThat(nobodyWrites.drain()).isTrue();
            nobodyWrites.release();
            nobodyWrites.close();
            assertThat(file.size()).isEqualTo(at + 70_000L);
        }
        assertThat(toDelete).noneMatch(Files::exists);
    }

    // ---- failures

    @Test
    void shouldKeepWhatCannotBeWrittenUntilItIsTakenBack() throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full), "SKIPPED: no /dev/full");
        try (NativeFile file = NativeFile.open(full, NativeFile.Mode.READ_WRITE)) {
            BufferMemory memory = memory();
            WriteBehind behind = new WriteBehind(memory, file, Runnable::run);
            assertThat(behind.append(0, data, 0, LARGEST))
                    .as("its first slot fails")
                    .isEqualTo(WHOLE);
            assertThat(behind.errno()).isEqualTo(Errno.ENOSPC);
            assertThat(behind.hasRoom(1)).isFalse();
            assertThat(behind.append(WHOLE, data, 0, 100)).as("tried again").isZero();
            assertThat(behind.drain()).isFalse();
            assertThat(behind.firstHeld()).isZero();
            assertThat(behind.truncate(5000))
                    .as("5000 bytes are still to write")
                    .isFalse();
            assertThat(behind.truncate(0)).as("nothing is").isTrue();
            assertThat(behind.firstHeld()).isEqualTo(Long.MAX_VALUE);
            assertThat(behind.append(0, data, 0, 100)).isEqualTo(100);
            memory.close();
            assertThat(toDelete).as("100 bytes nobody wrote").allMatch(Files::exists);
        }
    }

    @Test
    void shouldTellOfAFileThatTakesNoMore() throws IOException {
        Path root = folder.resolve("root");
        StorageSpace space = space(root);
        StorageSpace.Lease lease = space.lease();
        StorageObject object = space.create("o");
        object.reserve(WHOLE);
        append(object);
        Path link = root.resolve("S").resolve(BufferMemory.LINK);
        Path memory = Files.readSymbolicLink(link);
        toDelete.add(memory);
        assertThat(Files.size(root.resolve("S/o"))).as("still held").isZero();
        // A copy of what it holds, of a file that is gone: written nowhere, and given back.
        Path copy = MACHINE.resolve("sluice-test-" + UUID.randomUUID());
        toDelete.add(copy);
        Files.copy(memory, copy);
        object.close();
        lease.close();
        assertThat(Files.exists(memory)).isFalse();
        Files.createSymbolicLink(link, copy);
        Files.delete(root.resolve("S/o"));
        Files.createDirectory(root.resolve("S/o"));
        assertThatThrownBy(space::lease)
                .hasMessageContaining("cannot be written")
                .hasMessageContaining("again");
        assertThat(Files.exists(copy)).as("nothing is lost").isTrue();
        Files.delete(root.resolve("S/o"));
        space.lease().close();
        assertThat(Files.exists(copy)).isFalse();
        assertThat(space.list()).isEmpty();
    }

    // ---- what was left by others

    @Test
    void shouldPassOverTheMemoryOfAMachineThatWentDown() throws IOException {
        StorageSpace space = space(folder);
        Path link = folder.resolve("S").resolve(BufferMemory.LINK);
        Files.createSymbolicLink(link, MACHINE.resolve("sluice-test-gone"));
        space.lease().close();
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() throws IOException {
        StorageSpace space = space(folder);
        Path link = folder.resolve("S").resolve(BufferMemory.LINK);
        Path other = MACHINE.resolve("sluice-test-" + UUID.randomUUID());
        toDelete.add(other);
        Files.createSymbolicLink(link, other);
        byte[] strange = new byte[4096 + WHOLE];
        strange[0] = 'X';
        for (byte[] bytes : List.of(new byte[] {1, 2, 3}, strange)) {
            Files.write(other, bytes);
            assertThatThrownBy(space::lease)
                    .hasMessageContaining(link.toString())
                    .hasMessageContaining("delete the link");
            assertThat(Files.exists(other)).isTrue();
        }
        strange[0] = 0;
        Files.write(other, strange); // it died before there was anything in it
        space.lease().close();
        assertThat(Files.exists(other)).isFalse();
    }
}
