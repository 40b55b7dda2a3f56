// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Saved mode pages in a file, one per line in hexadecimal. It is replaced as a whole: written beside, synced, renamed, and the
 * directory synced; so after a power cut there is the old file or the new one.
 */
final class SavedModePages {
    static final String FILE_NAME = "mode-pages";

    private final Path file;

    SavedModePages(Path directory) {
        file = directory.resolve(FILE_NAME);
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
        Path beside = file.resolveSibling(FILE_NAME + ".new");
        try (FileChannel channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
