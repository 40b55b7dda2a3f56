// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.operation;

import io.sluice.handler.OperationException;
import io.sluice.vtl.library.Element;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.Library;
import io.sluice.vtl.library.LibraryOperator;
import io.sluice.vtl.library.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code sluice library VERB}. */
final class LibraryOperation {
    private final String name;
    private final Library library;

    LibraryOperation(String name, Library library) {
        this.name = name;
        this.library = library;
    }

    Map<String, ?> run(Arguments arguments) throws OperationException, IOException {
        return switch (arguments.verb()) {
            case "list" -> {
                arguments.wantWords(0, 0, "library list");
                yield Map.of("libraries", List.of(summary()));
            }
            case "show" -> {
                arguments.wantWords(0, 0, "library show [--library NAME]");
                yield show();
            }
            case "add-slot" -> {
                arguments.wantWords(0, 1, "library add-slot [COUNT] [--library NAME]");
                int count = arguments.number(0, 1, 1, Geometry.MAX_SLOTS, "count");
                yield grown("slots", new LibraryOperator(library).addSlots(count), "");
            }
            case "add-drive" -> {
                arguments.wantWords(0, 1, "library add-drive [COUNT] [--library NAME]");
                int count = arguments.number(0, 1, 1, Geometry.MAX_DRIVES, "count");
                yield grown(
                        "drives",
                        new LibraryOperator(library).addDrives(count),
                        "./sluice reload serves the new drives to initiators");
            }
            default ->
                throw new OperationException("library " + arguments.verb()
                        + ": it is library list, show, add-slot [COUNT] or add-drive [COUNT]");
        };
    }

    private Map<String, ?> grown(String what, int now, String next) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("library", name);
        answer.put(what, now);
        if (!next.isEmpty()) {
            answer.put("next", next);
        }
        return answer;
    }

    private Map<String, Object> summary() throws IOException {
        Geometry geometry = library.geometry();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("library", name);
        row.put("serial", library.serial(0));
        row.put("drives", geometry.drives());
        row.put("slots", geometry.slots());
        row.put("mail_slots", geometry.mailSlots());
        row.put("cartridges", library.store().labels().size());
        row.put("lost_cartridges", library.lostCartridges());
        row.put("path", library.place());
        return row;
    }

    private Map<String, Object> show() throws IOException {
        Map<String, Object> answer = summary();
        List<Map<String, Object>> elements = new ArrayList<>();
        Geometry geometry = library.geometry();
        for (ElementType type : List.of(ElementType.DATA_TRANSFER, ElementType.IMPORT_EXPORT, ElementType.STORAGE)) {
            for (Element element : library.elements(type, 0, geometry.count(type))) {
                Map<String, Object> row = new LinkedHashMap<>();
                Placement cartridge = element.cartridge();
                row.put("element", Place.hex(element.address()));
                row.put("place", Place.name(geometry, element.address()));
                row.put("barcode", cartridge == null ? "" : cartridge.barcode());
                row.put("condition", condition(element.condition()));
                elements.add(row);
            }
        }
        answer.put("elements", elements);
        return answer;
    }

    static String condition(Element.Condition condition) {
        return switch (condition) {
            case GOOD -> "good";
            case CARTRIDGE_LOST -> "cartridge lost";
            case NO_DRIVE -> "no drive";
        };
    }
}
