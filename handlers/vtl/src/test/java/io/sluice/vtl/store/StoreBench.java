// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.posix.NativeFile;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;

/**
 * What the store costs. {@code speed FOLDER MEGABYTES ROUNDS}: streaming at 256 KiB against a loop over a plain file that syncs at the same
 * points, interleaved; {@code scale FOLDER BLOCKS}: how long a cartridge of small blocks takes to open and to locate in.
 */
final class StoreBench {
    private static final long WRITEBACK_BYTES = 8L << 20;
    private static final int BLOCK = 256 << 10;
    private static final String BARCODE = "BENCH1L8";

    private final Path folder;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment data = arena.allocate(BLOCK, 4096);

    private StoreBench(Path folder) {
        this.folder = folder;
        byte[] random = new byte[BLOCK];
        new Random(1).nextBytes(random);
        MemorySegment.copy(random, 0, data, ValueLayout.JAVA_BYTE, 0, BLOCK);
    }

    public static void main(String[] args) throws IOException {
        StoreBench bench = new StoreBench(Files.createTempDirectory(Path.of(args[1]), "store-bench"));
        try {
            if (args[0].equals("speed")) {
                bench.speed(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            } else {
                bench.scale(Long.parseLong(args[2]));
            }
        } finally {
            try (StoredCartridges store = StoredCartridges.in(bench.folder)) {
                store.delete(BARCODE);
            }
            Files.deleteIfExists(bench.folder.resolve("plain"));
            Files.delete(bench.folder);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Seconds, and the thread's seconds of processor. */
    private static double[] timed(Work work) throws IOException {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long start = System.nanoTime();
        work.run();
        double wall = (System.nanoTime() - start) / 1e9;
        return new double[] {wall, (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9};
    }

    private void speed(int megabytes, int rounds) throws IOException {
        int blocks = megabytes * ((1 << 20) / BLOCK);
        String[] names = {"store write", "plain write", "store read", "plain read"};
        double[][][] took = new double[names.length][rounds][];
        StoredCartridges store = StoredCartridges.in(folder);
        store.create(new CartridgeLabel(BARCODE, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
        try (Cartridge cartridge = store.mount(BARCODE, UUID.randomUUID())) {
            Partition partition = cartridge.partition(0);
            // Two rounds more, which do not count, for the compiler.
            for (int round = -2; round < rounds; round++) {
                done(partition.erase(0, 0));
                done(partition.sync());
                Work[] all = {
                    () -> write(partition, blocks),
                    () -> plainWrite(blocks),
                    () -> read(partition, blocks),
                    () -> plainRead(blocks)
                };
                for (int i = 0; i < all.length; i++) {
                    double[] one = timed(all[i]);
                    if (round >= 0) {
                        took[i][round] = one;
                    }
                }
            }
        }
        for (int i = 0; i < names.length; i++) {
            System.out.printf(
                    "%-12s median %6.3f s, processor %6.3f s for %d MiB%n",
                    names[i], median(took[i], 0), median(took[i], 1), megabytes);
        }
        for (int i = 0; i < names.length; i += 2) {
            System.out.printf(
                    "%-12s of plain speed: %.2f by time, %.2f by processor%n",
                    names[i], ratio(took[i + 1], took[i], 0), ratio(took[i + 1], took[i], 1));
        }
    }

    private static double ratio(double[][] plain, double[][] ours, int of) {
        return median(plain, of) / median(ours, of);
    }

    private static double median(double[][] rounds, int of) {
        double[] sorted = Arrays.stream(rounds).mapToDouble(r -> r[of]).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private void write(Partition partition, int blocks) {
        for (int i = 0; i < blocks; i++) {
            done(partition.writeBlock(i, data, 0, BLOCK, false, i));
        }
        done(partition.sync());
    }

    private void plainWrite(int blocks) throws IOException {
        Path path = folder.resolve("plain");
        Files.deleteIfExists(path);
        try (NativeFile file = NativeFile.open(path, NativeFile.Mode.CREATE)) {
            long end = 0;
            long written = 0;
            long synced = 0;
            for (int i = 0; i < blocks; i++) {
                if (end - synced >= StoreShape.STANDARD.checkpointBytes()) {
                    file.sync();
                    synced = end;
                }
                end += file.write(data.address(), BLOCK, end, false);
                if (end - written >= WRITEBACK_BYTES) {
                    file.startWriteback(written, end - written);
                    written = end;
                }
            }
            file.sync();
        }
    }

    private void read(Partition partition, int blocks) {
        for (int i = 0; i < blocks; i++) {
            if (partition.read(i, data, 0, BLOCK) != BLOCK) {
                throw new IllegalStateException("block " + i);
            }
        }
    }

    private void plainRead(int blocks) throws IOException {
        try (NativeFile file = NativeFile.open(folder.resolve("plain"), NativeFile.Mode.READ_ONLY)) {
            for (int i = 0; i < blocks; i++) {
                file.read(data.address(), BLOCK, (long) i * BLOCK);
            }
        }
    }

    private static void done(long result) {
        if (result != MediumResult.OK) {
            throw new IllegalStateException("result " + result);
        }
    }

    private void scale(long blocks) throws IOException {
        StoredCartridges store = StoredCartridges.in(folder);
        store.create(new CartridgeLabel(BARCODE, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
        double[] wrote = timed(() -> fill(store, blocks));
        System.out.printf("wrote %d objects in %.1f s%n", blocks, wrote[0]);
        double[][] opened = new double[9][];
        for (int i = 0; i < opened.length; i++) {
            opened[i] = timed(() -> store.mount(BARCODE, UUID.randomUUID()).close());
        }
        System.out.printf(
                "opening and closing: first %.1f ms, median %.1f ms%n", opened[0][0] * 1e3, median(opened, 0) * 1e3);
        try (Cartridge cartridge = store.mount(BARCODE, UUID.randomUUID())) {
            locate("block", cartridge.partition(0), blocks, Partition::length);
            locate("block, read", cartridge.partition(0), blocks, (p, object) -> p.read(object, data, 0, BLOCK));
            locate("filemark", cartridge.partition(0), blocks / 1000, Partition::filemark);
        }
    }

    /** Every thousandth object is a filemark. */
    private void fill(StoredCartridges store, long blocks) throws IOException {
        try (Cartridge cartridge = store.mount(BARCODE, UUID.randomUUID())) {
            Partition partition = cartridge.partition(0);
            for (long i = 0; i < blocks; i++) {
                done(
                        i % 1000 == 999
                                ? partition.writeFilemarks(i, 1, i)
                                : partition.writeBlock(i, data, 0, 64, false, i));
            }
        }
    }

    private interface Lookup {
        long find(Partition partition, long number);
    }

    private static void locate(String what, Partition partition, long limit, Lookup lookup) {
        Random random = new Random(2);
        double[] took = new double[2000];
        for (int i = 0; i < took.length; i++) {
            long number = (random.nextLong() >>> 1) % limit;
            long start = System.nanoTime();
            if (lookup.find(partition, number) < MediumResult.FILEMARK) {
                throw new IllegalStateException(what + " " + number);
            }
            took[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(took);
        System.out.printf(
                "locate, random %s: median %.3f ms, 99%% %.3f ms, longest %.3f ms%n",
                what, took[1000], took[1980], took[1999]);
    }
}
