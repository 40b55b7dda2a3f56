// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.operation;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.OperationException;
import io.sluice.vtl.library.Library;
import io.sluice.vtl.library.LibraryOperator;
import io.sluice.vtl.library.Placement;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumType;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code sluice tape VERB}. */
final class TapeOperation {
    private final String name;
    private final Library library;
    private final LibraryOperator operator;
    private final TapeContents contents;

    TapeOperation(String name, Library library) {
        this.name = name;
        this.library = library;
        this.operator = new LibraryOperator(library);
        this.contents = new TapeContents(name, library);
    }

    Map<String, ?> run(Arguments arguments) throws OperationException, DeviceConfigException, IOException {
        return switch (arguments.verb()) {
            case "list" -> {
                arguments.wantWords(0, 0, "tape list [--library NAME]");
                yield list();
            }
            case "create" ->
                create(arguments.want(1, 1, "tape create BARCODE [--medium lto-8] [--capacity SIZE] [--library NAME]"));
            case "show" -> show(library.store().label(barcode(arguments, "show")));
            case "eject" -> moved(barcode(arguments, "eject"), operator.eject(arguments.word(0)), "shelf");
            case "insert" -> {
                int to = operator.insert(barcode(arguments, "insert"));
                yield moved(arguments.word(0), to, Place.name(library.geometry(), to));
            }
            case "check" -> contents.check(barcode(arguments, "check"));
            case "dump" -> contents.dump(arguments);
            case "export" -> contents.exportTo(arguments);
            case "import" -> contents.importFrom(arguments);
            default ->
                throw new OperationException(
                        "tape " + arguments.verb()
                                + ": it is tape list, or create, show, eject, insert, check or dump BARCODE, or export or import BARCODE FILE");
        };
    }

    private static String barcode(Arguments arguments, String verb) throws OperationException {
        return arguments
                .wantWords(1, 1, "tape " + verb + " BARCODE [--library NAME]")
                .word(0);
    }

    private Map<String, ?> list() throws IOException {
        List<Map<String, Object>> tapes = new ArrayList<>();
        for (CartridgeLabel label : library.store().labels()) {
            tapes.add(show(label));
        }
        tapes.sort((a, b) -> String.valueOf(a.get("barcode")).compareTo(String.valueOf(b.get("barcode"))));
        return Map.of("tapes", tapes);
    }

    private Map<String, Object> show(CartridgeLabel label) {
        Optional<Placement> placement = library.find(label.barcode());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("barcode", label.barcode());
        row.put("place", Place.name(library.geometry(), placement));
        row.put("medium", word(label.type()));
        row.put("capacity", label.capacityBytes());
        row.put("write_protected", label.writeProtected());
        row.put("created", label.created().toString());
        row.put("library", name);
        return row;
    }

    private Map<String, ?> create(Arguments arguments) throws OperationException, DeviceConfigException, IOException {
        String barcode = arguments.word(0);
        DeviceConfig options = arguments.table("tape", barcode);
        MediumType medium = options.oneOf("medium", bySuffix(barcode).orElse(MediumType.LTO_8));
        long capacity = options.bytes("capacity", medium.nativeBytes());
        options.rejectUnknown();
        CartridgeLabel label;
        try {
            label = new CartridgeLabel(barcode, medium, capacity, false, Instant.now());
        } catch (IllegalArgumentException wrong) {
            throw new OperationException(String.valueOf(wrong.getMessage()));
        }
        operator.create(label);
        return show(label);
    }

    /** The last two characters of a barcode tell the generation; one without them is of the usual one. */
    private static Optional<MediumType> bySuffix(String barcode) {
        for (MediumType type : MediumType.values()) {
            if (barcode.endsWith(type.suffix())) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    private Map<String, ?> moved(String barcode, int element, String to) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("barcode", barcode);
        answer.put("place", to);
        answer.put("element", Place.hex(element));
        answer.put("library", name);
        return answer;
    }

    private static String word(MediumType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
