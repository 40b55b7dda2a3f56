// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import io.sluice.posix.NativeFile;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import io.sluice.vtl.store.StoredCartridges;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Streams of blocks into storage and back: through the cartridge store, by a plain loop over a file, and by {@code dd}; all
 * with a sync at the same points. Rewinding, and deleting what was there, are not in the time.
 */
abstract class TapeStream implements Subject {
    static final int BLOCK_BYTES = 256 << 10;
    static final Workload WRITE = new Workload("256 KiB write", 1, BLOCK_BYTES, false, true);
    static final Workload READ = new Workload("256 KiB read, from storage", 1, BLOCK_BYTES, false, false);
    static final Workload READ_CACHED = new Workload("256 KiB read, from the page cache", 2, BLOCK_BYTES, false, false);

    private static final long SYNC_BYTES = StoredCartridges.CHECKPOINT_BYTES;
    private static final long WRITEBACK_BYTES = 8L << 20;

    final MemorySegment data = Arena.ofAuto().allocate(BLOCK_BYTES, 4096);
    final Path folder;
    final int blocks;
    private final String name;

    private TapeStream(String name, Path folder, int blocks) {
        this.name = name;
        this.folder = folder;
        this.blocks = blocks;
        byte[] random = new byte[BLOCK_BYTES];
        new Random(1).nextBytes(random);
        MemorySegment.copy(random, 0, data, ValueLayout.JAVA_BYTE, 0, BLOCK_BYTES);
    }

    abstract void rewind() throws IOException;

    abstract void write() throws IOException, InterruptedException;

    abstract void read() throws IOException, InterruptedException;

    abstract List<Path> files() throws IOException;

    @Override
    public String name() {
        return name;
    }

    @Override
    public double run(Workload workload, double seconds) throws IOException, InterruptedException {
        if (workload.write()) {
            rewind();
        } else if (workload.equals(READ)) {
            for (Path file : files()) {
                forgetFile(file);
            }
        }
        long start = System.nanoTime();
        if (workload.write()) {
            write();
        } else {
            read();
        }
        return blocks / ((System.nanoTime() - start) / 1e9);
    }

    /** Makes the page cache forget the files of a folder that are synced. */
    static void forget(Path files) throws IOException {
        try (Stream<Path> all = Files.list(files)) {
            for (Path file : all.toList()) {
                forgetFile(file);
            }
        }
    }

    private static void forgetFile(Path file) throws IOException {
        try (NativeFile open = NativeFile.open(file, NativeFile.Mode.READ_ONLY)) {
            open.dropCache(0, 0);
        }
    }

    /** Through the store, uncompressed. */
    static final class Store extends TapeStream {
        private static final String BARCODE = "BENCH1L8";

        private final StoredCartridges store;
        private Cartridge cartridge;
        private Partition partition;
        private long moved;
        private long allocated;

        Store(Path folder, int blocks) throws IOException {
            super("store", folder, blocks);
            store = StoredCartridges.in(folder);
            store.create(new CartridgeLabel(BARCODE, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
            cartridge = store.mount(BARCODE, UUID.randomUUID());
            partition = cartridge.partition(0);
        }

        /** Writes a first block over all, too: what it overwrites is deleted by the end of that mount. */
        @Override
        void rewind() throws IOException {
            done(partition.writeBlock(0, data, 0, BLOCK_BYTES, false, 0));
            done(partition.erase(0, 0));
            cartridge.close();
            cartridge = store.mount(BARCODE, UUID.randomUUID());
            partition = cartridge.partition(0);
        }

        @Override
        void write() {
            long before = allocatedBytes();
            for (int i = 0; i < blocks; i++) {
                done(partition.writeBlock(i, data, 0, BLOCK_BYTES, false, i));
            }
            done(partition.sync());
            count(before);
        }

        @Override
        void read() {
            long before = allocatedBytes();
            for (int i = 0; i < blocks; i++) {
                if (partition.read(i, data, 0, BLOCK_BYTES) != BLOCK_BYTES) {
                    throw new IllegalStateException("block " + i + " did not come back");
                }
            }
            count(before);
        }

        private void count(long before) {
            moved += blocks;
            allocated += allocatedBytes() - before;
        }

        private static long allocatedBytes() {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            return threads.getCurrentThreadAllocatedBytes();
        }

        /** Bytes of heap for a block, everything included that is not done for each: syncs, segments, what was not compiled yet. */
        double heapBytesPerBlock() {
            return (double) allocated / moved;
        }

        private static void done(long result) {
            if (result != MediumResult.OK) {
                throw new IllegalStateException("the store failed with result " + result);
            }
        }

        @Override
        List<Path> files() throws IOException {
            try (Stream<Path> files = Files.list(folder.resolve(BARCODE))) {
                return files.filter(file -> file.toString().endsWith(".data")).toList();
            }
        }

        @Override
        public void close() throws IOException {
            cartridge.close();
            store.delete(BARCODE);
            store.close();
        }
    }

    /** Over one file, made anew each time. */
    abstract static class OneFile extends TapeStream {
        final Path file;

        OneFile(String name, Path folder, int blocks) {
            super(name, folder, blocks);
            file = folder.resolve(name.replace(' ', '-'));
        }

        @Override
        void rewind() throws IOException {
            Files.deleteIfExists(file);
        }

        @Override
        List<Path> files() {
            return List.of(file);
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }

    /** The least that a program can do. */
    static final class Plain extends OneFile {
        Plain(Path folder, int blocks) {
            super("plain loop", folder, blocks);
        }

        @Override
        void write() throws IOException {
            try (NativeFile open = NativeFile.open(file, NativeFile.Mode.CREATE)) {
                long end = 0;
                long written = 0;
                for (int i = 0; i < blocks; i++) {
                    end += open.write(data.address(), BLOCK_BYTES, end, false);
                    if (end - written >= WRITEBACK_BYTES) {
                        open.startWriteback(written, end - written);
                        written = end;
                    }
                    if (end % SYNC_BYTES == 0) {
                        open.sync();
                    }
                }
                open.sync();
            }
        }

        @Override
        void read() throws IOException {
            try (NativeFile open = NativeFile.open(file, NativeFile.Mode.READ_ONLY)) {
                for (int i = 0; i < blocks; i++) {
                    open.read(data.address(), BLOCK_BYTES, (long) i * BLOCK_BYTES);
                }
            }
        }
    }

    /** {@code dd}, a process for each part between two syncs. It has no data to fetch: zeros in, nothing out. */
    static final class Dd extends OneFile {
        Dd(Path folder, int blocks) {
            super("dd", folder, blocks);
        }

        @Override
        void write() throws IOException, InterruptedException {
            int part = (int) (SYNC_BYTES / BLOCK_BYTES);
            for (int done = 0; done < blocks; done += part) {
                Command.run(List.of(
                        "dd",
                        "if=/dev/zero",
                        "of=" + file,
                        "bs=" + BLOCK_BYTES,
                        "count=" + Math.min(part, blocks - done),
                        "seek=" + done,
                        "conv=notrunc,fdatasync",
                        "status=none"));
            }
        }

        @Override
        void read() throws IOException, InterruptedException {
            Command.run(List.of("dd", "if=" + file, "of=/dev/null", "bs=" + BLOCK_BYTES, "status=none"));
        }
    }
}
