// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.operation;

import io.sluice.handler.OperationException;
import io.sluice.vtl.library.Library;
import io.sluice.vtl.library.Loan;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.TapeCheck;
import io.sluice.vtl.store.TapeImage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code sluice tape check}, {@code dump}, {@code export} and {@code import}: what is on a cartridge that is in no drive. It is on loan
 * meanwhile, so nothing moves it; everything else goes on.
 */
final class TapeContents {
    static final String DUMP = "tape dump BARCODE [--from OBJECT] [--library NAME]";
    static final String EXPORT = "tape export BARCODE FILE [--library NAME]";
    static final String IMPORT = "tape import BARCODE FILE [--replace yes] [--library NAME]";
    private static final int MOST_ROWS = 10_000;
    private static final int BUFFER_BYTES = 1 << 20;

    private final String name;
    private final Library library;

    TapeContents(String name, Library library) {
        this.name = name;
        this.library = library;
    }

    @SuppressWarnings("try") // a loan is held, not used
    Map<String, ?> check(String barcode) throws IOException {
        TapeCheck.Report report;
        try (Loan loan = library.lend(barcode)) {
            report = TapeCheck.check(library.store(), barcode, object -> {});
        }
        Map<String, Object> answer = answer(barcode);
        answer.put("ok", report.isWhole());
        answer.put("objects", report.objects());
        answer.put("filemarks", report.filemarks());
        answer.put("bytes", report.hostBytes());
        List<Map<String, Object>> damage = new ArrayList<>();
        for (TapeCheck.Damage part : report.damage()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("first_object", part.first());
            row.put("last_object", part.last());
            row.put("problem", part.result() == MediumResult.DAMAGED ? "checksum is wrong" : "storage cannot be read");
            damage.add(row);
        }
        answer.put("damage", damage);
        answer.put("memory_damaged", report.memoryDamaged());
        return answer;
    }

    /** Rows of objects that follow each other and are alike: blocks of one length, or filemarks. */
    @SuppressWarnings("try")
    Map<String, ?> dump(Arguments arguments) throws OperationException, IOException {
        String barcode = arguments.want(1, 1, DUMP).word(0);
        Runs runs = new Runs();
        try (Loan loan = library.lend(barcode)) {
            TapeCheck.dump(library.store(), barcode, arguments.option("from", 0, DUMP), runs);
        }
        Map<String, Object> answer = answer(barcode);
        if (runs.next > 0) {
            answer.put("next", "sluice tape dump " + barcode + " --from " + runs.next);
        }
        answer.put("contents", runs.rows());
        return answer;
    }

    /** Collects rows for a dump until there are many. */
    private static final class Runs implements TapeCheck.Listing {
        private record Run(long file, long first, long last, long length) {}

        private final List<Run> runs = new ArrayList<>();
        /** Where the listing goes on; 0 if it is whole. */
        private long next;

        @Override
        public boolean object(long object, long file, long length) {
            long written = Math.max(length, -1);
            Run last = runs.isEmpty() ? new Run(-1, 0, 0, 0) : runs.getLast();
            if (last.file == file && last.length == written) {
                runs.set(runs.size() - 1, new Run(file, last.first, object, written));
                return true;
            }
            if (runs.size() == MOST_ROWS) {
                next = object;
                return false;
            }
            runs.add(new Run(file, object, object, written));
            return true;
        }

        List<Map<String, Object>> rows() {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (Run run : runs) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("file", run.file);
                row.put("first_object", run.first);
                row.put("last_object", run.last);
                row.put("kind", run.length < 0 ? "filemark" : "block");
                row.put("length", Math.max(run.length, 0));
                rows.add(row);
            }
            return rows;
        }
    }

    /** What cannot be read is missing in the image, and the answer counts it. The file is whole or not there. */
    @SuppressWarnings("try")
    Map<String, ?> exportTo(Arguments arguments) throws OperationException, IOException {
        String barcode = arguments.wantWords(2, 2, EXPORT).word(0);
        Path file = file(arguments);
        if (Files.exists(file)) {
            throw new OperationException(file + " is there already: choose another name, or remove it");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        long damaged;
        long bytes;
        try (Loan loan = library.lend(barcode)) {
            try (FileOutputStream out = new FileOutputStream(part.toFile());
                    BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES)) {
                damaged = TapeImage.exportTo(library.store(), barcode, buffered, object -> {});
                buffered.flush();
                out.getFD().sync();
                bytes = out.getChannel().size();
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            Files.deleteIfExists(part);
            throw failed;
        }
        Map<String, Object> answer = answer(barcode);
        answer.put("ok", damaged == 0);
        answer.put("image", file.toString());
        answer.put("image_bytes", bytes);
        answer.put("damaged_objects", damaged);
        return answer;
    }

    @SuppressWarnings("try")
    Map<String, ?> importFrom(Arguments arguments) throws OperationException, IOException {
        String barcode = arguments.want(2, 2, IMPORT).word(0);
        Path file = file(arguments);
        boolean replace = arguments.flag("replace", IMPORT);
        long objects;
        try (Loan loan = library.lend(barcode);
                InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            objects = TapeImage.importFrom(library.store(), barcode, in, replace, true, object -> {});
        }
        Map<String, Object> answer = answer(barcode);
        answer.put("image", file.toString());
        answer.put("objects", objects);
        return answer;
    }

    /** The appliance opens it, whose working directory is not the caller's. */
    private static Path file(Arguments arguments) throws OperationException {
        Path file = Path.of(arguments.word(1));
        if (!file.isAbsolute()) {
            throw new OperationException(
                    "file \"" + file + "\": write ./" + file + " for one in this directory, or its path from / on");
        }
        return file;
    }

    private Map<String, Object> answer(String barcode) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("barcode", barcode);
        answer.put("library", name);
        return answer;
    }
}
