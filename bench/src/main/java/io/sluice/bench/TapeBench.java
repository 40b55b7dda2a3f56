// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.store.StoredCartridges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code sluice bench tape}: the cartridge store against plain files, and a tape over iSCSI against that of tgt. */
@CommandLine.Command(
        name = "tape",
        mixinStandardHelpOptions = true,
        description =
                "The cartridge store and a plain file, Sluice's tape and tgt's, interleaved; a tape of many blocks")
final class TapeBench implements Callable<Integer> {
    private static final int STREAM_BLOCKS = 2048;
    private static final int TINY_BYTES = 64;
    private static final int LOCATES = 1000;
    /** How long a run of what has no blocks is. */
    private static final double LIMIT_SECONDS = 0.5;

    private static final int OPENINGS = 9;
    private static final long COUNTED_BLOCKS = 40_000;

    @Option(names = "--checkout", defaultValue = ".", description = "root of the source tree (${DEFAULT-VALUE})")
    Path checkout = Path.of(".");

    @Option(names = "--folder", description = "on the file system to measure (a new one for temporary files)")
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--rounds", defaultValue = "9", description = "interleaved runs of each (${DEFAULT-VALUE})")
    int rounds;

    @Option(names = "--blocks", defaultValue = "8000", description = "of 64 KiB in a run over iSCSI (${DEFAULT-VALUE})")
    long blocks;

    @Option(names = "--objects", defaultValue = "10000000", description = "blocks to locate among (${DEFAULT-VALUE})")
    long objects;

    @Option(names = "--write", description = "put the tables into bench/README.md")
    boolean write;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = checkout.toRealPath();
        Path work = Files.createTempDirectory(folder.toRealPath(), "sluice-bench");
        String text;
        try {
            text = stream(work) + "\n" + wire(root, work);
        } finally {
            Command.run(List.of("rm", "-rf", work.toString()));
        }
        System.out.println(text);
        if (write) {
            Report.write(root.resolve("bench/README.md"), "tape", text);
        }
        return 0;
    }

    private String stream(Path work) throws IOException, InterruptedException {
        TapeStream.Store store = new TapeStream.Store(work, STREAM_BLOCKS);
        List<Subject> subjects =
                List.of(new TapeStream.Plain(work, STREAM_BLOCKS), store, new TapeStream.Dd(work, STREAM_BLOCKS));
        try {
            Interleaved result =
                    new Interleaved(subjects, List.of(TapeStream.WRITE, TapeStream.READ, TapeStream.READ_CACHED));
            result.run(rounds, 0);
            return String.format(
                    Locale.ROOT,
                    "Blocks per second through the store, median of %d interleaved runs of %d MiB (quartiles), ratio to the plain loop. %s.%n%n%s%n"
                            + "The store made %.1f bytes of heap for a block, the first runs included.%n",
                    rounds,
                    (STREAM_BLOCKS * (TapeStream.BLOCK_BYTES >> 10)) >> 10,
                    Machine.describe(),
                    Report.table(result, subjects.getFirst()),
                    store.heapBytesPerBlock());
        } finally {
            for (Subject subject : subjects) {
                subject.close();
            }
        }
    }

    private String wire(Path root, Path work) throws IOException, InterruptedException {
        TapeInitiator initiator = TapeInitiator.build(root, work, blocks);
        List<Subject> subjects = new ArrayList<>();
        String text;
        SluiceTarget sluice;
        try {
            subjects.add(TgtTarget.startTape(work.resolve("tgt.img"), initiator));
            sluice = SluiceTarget.startTape("sluice, tape", root, work, initiator);
            subjects.add(sluice);
            // With as many bytes a command: what all but the device costs, and what no target can pass.
            String nothing = "backend = \"null\"\nsize = \"1GiB\"";
            subjects.add(SluiceTarget.start("sluice, null disk", root, work, nothing, Initiator.build(root, work)));
            subjects.add(TcpEcho.build(root, work));
            Interleaved result = new Interleaved(
                    subjects,
                    List.of(
                            Workload.tapeWrite64k(1),
                            Workload.tapeRead64k(1),
                            Workload.tapeWrite64k(8),
                            Workload.tapeRead64k(8)));
            result.run(rounds, LIMIT_SECONDS);
            text = String.format(
                    Locale.ROOT,
                    "Blocks per second over iSCSI, median of %d interleaved runs of %d blocks (quartiles), ratio to tgt.%n%n%s%n%s",
                    rounds,
                    blocks,
                    Report.table(result, subjects.getFirst()),
                    many(sluice, initiator));
        } finally {
            for (Subject subject : subjects) {
                subject.close();
            }
        }
        return text + opened(sluice.cartridges());
    }

    /** The heap while blocks go by, and how long it takes to find one of many. */
    private String many(SluiceTarget sluice, TapeInitiator initiator) throws IOException, InterruptedException {
        HandlerHeap heap = HandlerHeap.of(sluice.home());
        Workload workload = Workload.tapeWrite64k(8);
        long before = heap.usedKib();
        long written = 0;
        for (; written < COUNTED_BLOCKS; written += blocks) {
            sluice.run(workload, 0);
        }
        long grown = heap.usedKib() - before;
        initiator.fill(sluice.url(), TINY_BYTES, objects);
        double[] located = initiator.locate(sluice.url(), objects, LOCATES);
        return String.format(Locale.ROOT, """
                The handler's heap grew by %,d KiB while %,d blocks were written, logins and other commands of the sessions included.

                On a tape of %,d blocks of %d bytes, milliseconds: median, 99th percentile, longest.

                | what | median | 99 %% | longest |
                |---|---|---|---|
                | LOCATE(16) to a random block over iSCSI, each followed by a READ | %.3f | %.3f | %.3f |
                """, grown, written, objects, TINY_BYTES, located[0], located[1], located[2]);
    }

    /** The same cartridge when nobody has it; nothing of it is in the page cache. */
    private static String opened(Path cartridges) throws IOException {
        double[] millis = new double[OPENINGS];
        try (StoredCartridges store = StoredCartridges.in(cartridges)) {
            for (int i = 0; i < OPENINGS; i++) {
                TapeStream.forget(cartridges.resolve(SluiceTarget.BARCODE));
                long start = System.nanoTime();
                Cartridge cartridge = store.mount(SluiceTarget.BARCODE, UUID.randomUUID());
                millis[i] = (System.nanoTime() - start) / 1e6;
                cartridge.close();
            }
        }
        Arrays.sort(millis);
        return String.format(
                Locale.ROOT,
                "| opening the cartridge, %d times, from storage | %.3f | | %.3f |%n",
                OPENINGS,
                millis[OPENINGS / 2],
                millis[OPENINGS - 1]);
    }
}
