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

/** {@code sluice drive VERB}. Drives count from 1, as their LUNs do. */
final class DriveOperation {
    private final String name;
    private final Library library;

    DriveOperation(String name, Library library) {
        this.name = name;
        this.library = library;
    }

    Map<String, ?> run(Arguments arguments) throws OperationException, IOException {
        LibraryOperator operator = new LibraryOperator(library);
        return switch (arguments.verb()) {
            case "list" -> {
                arguments.wantWords(0, 0, "drive list [--library NAME]");
                yield Map.of("drives", drives());
            }
            case "show" -> {
                arguments.wantWords(1, 1, "drive show DRIVE [--library NAME]");
                yield drives().get(drive(arguments) - 1);
            }
            case "load" -> {
                arguments.wantWords(2, 2, "drive load DRIVE BARCODE [--library NAME]");
                int drive = drive(arguments);
                operator.load(arguments.word(1), drive - 1);
                yield drives().get(drive - 1);
            }
            case "unload" -> {
                arguments.wantWords(1, 1, "drive unload DRIVE [--library NAME]");
                yield unload(operator, drive(arguments));
            }
            default ->
                throw new OperationException("drive " + arguments.verb()
                        + ": it is drive list, show DRIVE, load DRIVE BARCODE or unload DRIVE");
        };
    }

    private Map<String, ?> unload(LibraryOperator operator, int drive) throws OperationException, IOException {
        Placement there = drive(drive).cartridge();
        if (there == null) {
            throw new OperationException(
                    "drive " + drive + " is empty: `sluice library show` tells where cartridges are");
        }
        int slot = operator.unload(drive - 1);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("drive", drive);
        answer.put("barcode", there.barcode());
        answer.put("place", Place.name(library.geometry(), slot));
        answer.put("element", Place.hex(slot));
        answer.put("library", name);
        return answer;
    }

    private int drive(Arguments arguments) throws OperationException {
        return arguments.number(0, 1, 1, library.geometry().drives(), "drive");
    }

    private Element drive(int drive) {
        int address = library.geometry().first(ElementType.DATA_TRANSFER) + drive - 1;
        return library.element(address).orElseThrow();
    }

    private List<Map<String, Object>> drives() {
        Geometry geometry = library.geometry();
        List<Map<String, Object>> drives = new ArrayList<>();
        for (int drive = 1; drive <= geometry.drives(); drive++) {
            Element element = drive(drive);
            Placement cartridge = element.cartridge();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("drive", drive);
            row.put("element", Place.hex(element.address()));
            row.put("barcode", cartridge == null ? "" : cartridge.barcode());
            row.put("condition", LibraryOperation.condition(element.condition()));
            row.put("identification", element.drive());
            row.put("library", name);
            drives.add(row);
        }
        return drives;
    }
}
