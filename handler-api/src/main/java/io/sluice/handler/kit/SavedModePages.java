// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Values of mode pages in a file, one page per line in hexadecimal. */
final class SavedModePages {
    /** The saved values. */
    static final String SAVED = "mode-pages";
    /** The current values, for the process that takes over. */
    static final String CURRENT = "mode-pages-current";

    private final Path file;

    SavedModePages(Path directory, String name) {
        file = directory.resolve(name);
    }

    /** Pages by {@code code << 8 | subpage}; empty if nothing was ever saved. */
    Map<Integer, byte[]> load() throws IOException {
        Map<Integer, byte[]> pages = new TreeMap<>();
        if (!Files.exists(file)) {
            return pages;
        }
        for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
            try {
                byte[] page = HexFormat.of().parseHex(line.strip());
                int subpage = (page[0] & 0x40) != 0 ? page[1] & 0xFF : 0;
                pages.put(((page[0] & 0x3F) << 8) | subpage, page);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException damaged) {
                throw new IOException(
                        file + ": line \"" + line + "\" is no mode page in hexadecimal; remove the file to return to"
                                + " the default values",
                        damaged);
            }
        }
        return pages;
    }

    void store(Collection<byte[]> pages) throws IOException {
        StringBuilder text = new StringBuilder();
        for (byte[] page : pages) {
            text.append(HexFormat.of().formatHex(page)).append('\n');
        }
        DurableFile.write(file, text.toString());
    }

    void forget() throws IOException {
        DurableFile.remove(file);
    }
}
