// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import io.sluice.posix.NativeException;
import io.sluice.posix.NativeFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory of slots for bytes on their way to a file, which outlives the process, though not the machine: a file in the machine's memory,
 * which a symbolic link in the folder names. Whoever has the folder next writes what is left in it ({@link #recover}). The bytes of a
 * slot count as soon as {@link #fill} says so, whatever happens to the process then. Threads: a slot at a time is one thread's.
 */
final class BufferMemory implements AutoCloseable {
    /** In the folder; no object has this name. */
    static final String LINK = "buffer";

    static final int SLOTS = 4;
    static final int SLOT_BYTES = 1 << 20;
    /** What storage wants a transfer past its cache to begin and end at. */
    static final int PAGE = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(BufferMemory.class);
    private static final Path MACHINE = Path.of("/dev/shm");
    private static final String MEMORY_FILE_SYSTEM = "tmpfs";
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BYTES = LONG.varHandle();
    private static final long MAGIC = 0x4642_4543_4955_4C53L; // ASCII SLUICEBF
    private static final int VERSION = 1;
    private static final int NAME_AT = 24;
    private static final int NAME_BYTES = 64;
    private static final int SLOT_AT = 128;
    private static final int SLOT_STRIDE = 64;
    private static final long SIZE = PAGE + (long) SLOTS * SLOT_BYTES;

    private final Path link;
    private final Path file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    private BufferMemory(Path link, Path file) throws IOException {
        this.link = link;
        this.file = file;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE, arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** New memory for a folder in which there is none; none where the machine has no such memory, or not enough: then the log says why. */
    static @Nullable BufferMemory make(Path folder) {
        Path link = folder.resolve(LINK);
        Path file = MACHINE.resolve("sluice-" + UUID.randomUUID());
        try {
            if (!Files.isDirectory(MACHINE)
                    || !Files.getFileStore(MACHINE).type().equals(MEMORY_FILE_SYSTEM)) {
                LOG.info("{}: written without a buffer, {} is no tmpfs", folder.getFileName(), MACHINE);
                return null;
            }
            Files.createSymbolicLink(link, file); // first: what no link names stays for ever
            take(file);
            BufferMemory made = new BufferMemory(link, file);
            made.format();
            return made;
        } catch (IOException e) {
            LOG.info("{}: written without a buffer, which is slower: {}", folder.getFileName(), e.toString());
            delete(link, file);
            return null;
        }
    }

    /** With all its pages: a page that is not there when it is touched would be the end of the process. */
    private static void take(Path file) throws NativeException {
        try (NativeFile made = NativeFile.open(file, NativeFile.Mode.CREATE)) {
            made.allocate(0, SIZE);
        }
    }

    private void format() {
        memory.set(INT, 8, VERSION);
        memory.set(INT, 12, SLOTS);
        memory.set(INT, 16, SLOT_BYTES);
        VarHandle.releaseFence();
        memory.set(LONG, 0, MAGIC);
    }

    private static void delete(Path link, Path file) {
        try {
            Files.deleteIfExists(link);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays, of no use to anybody: {}", file, e.toString());
        }
    }

    /** From now on the slots, all of which are empty, are for the object of that name. */
    void dedicate(String name) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        if (ascii.length > NAME_BYTES) {
            throw new IllegalArgumentException(name + " is longer than " + NAME_BYTES + " bytes");
        }
        memory.set(INT, 20, ascii.length);
        MemorySegment.copy(ascii, 0, memory, ValueLayout.JAVA_BYTE, NAME_AT, ascii.length);
    }

    /** The whole memory; where a slot is in it, {@link #offset} says. */
    MemorySegment segment() {
        return memory;
    }

    static long offset(int slot) {
        return PAGE + (long) slot * SLOT_BYTES;
    }

    /** An empty slot is for what comes from {@code position} on in the object. */
    void begin(int slot, long position) {
        memory.set(LONG, header(slot), position);
    }

    /** So many bytes of it count, of which the last ones may have come just now. */
    void fill(int slot, long bytes) {
        BYTES.setRelease(memory, header(slot) + 8, bytes);
    }

    long position(int slot) {
        return memory.get(LONG, header(slot));
    }

    long filled(int slot) {
        return (long) BYTES.getAcquire(memory, header(slot) + 8);
    }

    private static long header(int slot) {
        return SLOT_AT + (long) slot * SLOT_STRIDE;
    }

    /** Gives the memory back, unless there is something in it. */
    @Override
    public void close() {
        boolean empty = true;
        for (int slot = 0; slot < SLOTS; slot++) {
            empty &= filled(slot) == 0;
        }
        arena.close();
        if (empty) {
            delete(link, file);
        } else {
            LOG.error(
                    "what could not be written of {} stays in {}: it is tried again when the cartridge is used next",
                    link.getParent(),
                    file);
        }
    }

    // ---- what a process left

    /**
     * Writes what a process that died left in the memory of a folder to where it belongs, and gives the memory back. Of a machine that
     * went down nothing is left but the link.
     *
     * @throws IOException if it cannot be written or understood, with the remedy; nothing is lost then
     */
    static void recover(Path folder) throws IOException {
        Path link = folder.resolve(LINK);
        if (!Files.isSymbolicLink(link)) {
            return;
        }
        Path file = folder.resolve(Files.readSymbolicLink(link));
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) != 0) {
            if (Files.size(file) != SIZE) {
                throw unknown(link, file);
            }
            BufferMemory left = new BufferMemory(link, file);
            try {
                left.write(folder);
            } finally {
                left.arena.close();
            }
        }
        delete(link, file);
    }

    private static IOException unknown(Path link, Path file) {
        return new IOException(
                link + " names " + file + ", which this release does not understand: use the release that"
                        + " wrote it, or delete the link and lose what was written since the last filemark");
    }

    private void write(Path folder) throws IOException {
        long magic = memory.get(LONG, 0);
        if (magic == 0) {
            return; // it died before there was anything in it
        }
        if (magic != MAGIC
                || memory.get(INT, 8) != VERSION
                || memory.get(INT, 12) != SLOTS
                || memory.get(INT, 16) != SLOT_BYTES) {
            throw unknown(link, file);
        }
        List<Integer> slots = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (filled(slot) > 0) {
                slots.add(slot);
            }
        }
        if (slots.isEmpty()) {
            return;
        }
        slots.sort(Comparator.comparingLong(this::position));
        write(folder.resolve(name()), slots);
    }

    private String name() throws IOException {
        int length = memory.get(INT, 20);
        if (length <= 0 || length > NAME_BYTES) {
            throw unknown(link, file);
        }
        return new String(memory.asSlice(NAME_AT, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    private void write(Path object, List<Integer> slots) throws IOException {
        if (!Files.exists(object)) {
            return; // another object had followed it, and it was deleted
        }
        long bytes = 0;
        try (FileChannel to = FileChannel.open(object, Set.of(StandardOpenOption.WRITE))) {
            for (int slot : slots) {
                ByteBuffer data = memory.asSlice(offset(slot), filled(slot)).asByteBuffer();
                long at = position(slot);
                bytes += data.remaining();
                while (data.hasRemaining()) {
                    at += to.write(data, at);
                }
            }
        } catch (IOException e) {
            throw new IOException(
                    object + ": what a process that died had taken cannot be written: " + e.getMessage()
                            + "; when that is mended, use the cartridge again",
                    e);
        }
        LOG.info("{}: {} bytes from the buffer of a process that died", object, bytes);
    }
}
