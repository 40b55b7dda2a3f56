// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.kit.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Remembers in the device's home that a disk was resized while it was served, so that its configured size, which by then is
 * another one, does not keep it from opening again. It counts only as long as the configuration says what it said then.
 */
final class ResizeRecord {
    private static final Pattern CONTENT = Pattern.compile("configured (\\d+) resized (\\d+)");

    private final Path file;
    private final long configured;

    /** @param configured the configuration's size, bytes; 0 if it gives none */
    ResizeRecord(Path home, long configured) {
        this.file = home.resolve("resized");
        this.configured = configured;
    }

    /**
     * The size to open with, bytes; 0 if neither the configuration nor a resize says one.
     *
     * @param actual what the store has now, if that can be told: a resize that was recorded and then did not happen (the machine
     *     went down between the two) does not count
     */
    long size(OptionalLong actual) throws IOException {
        try {
            Matcher content = CONTENT.matcher(
                    Files.readString(file, StandardCharsets.US_ASCII).strip());
            boolean applies = content.matches() && Long.parseLong(content.group(1)) == configured;
            long resized = applies && configured != 0 ? Long.parseLong(content.group(2)) : configured;
            return actual.isEmpty() || actual.getAsLong() == resized ? resized : configured;
        } catch (NoSuchFileException never) {
            return configured;
        }
    }

    /** Call it before the resize itself. */
    void remember(long bytes) throws IOException {
        DurableFile.write(file, "configured " + configured + " resized " + bytes + "\n");
    }
}
