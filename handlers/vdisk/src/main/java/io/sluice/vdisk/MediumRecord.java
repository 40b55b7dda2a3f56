// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.kit.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in the device's home what initiators know of the medium, for a process that takes over: whether it is out, and which I_T
 * nexuses prevent its removal. There is no file while it is in and nobody does.
 */
final class MediumRecord {
    private static final Logger LOG = LoggerFactory.getLogger(MediumRecord.class);
    private static final String OUT = "out";
    private static final String PREVENTED = "prevented by ";

    private final Path file;

    MediumRecord(Path home) {
        file = home.resolve("medium");
    }

    boolean isLoaded() throws IOException {
        return !lines().contains(OUT);
    }

    /** Those of {@link #store}. */
    Set<String> preventing() throws IOException {
        Set<String> nexuses = new HashSet<>();
        for (String line : lines()) {
            if (line.startsWith(PREVENTED)) {
                nexuses.add(line.substring(PREVENTED.length()));
            }
        }
        return nexuses;
    }

    private List<String> lines() throws IOException {
        return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    }

    /** A failure is logged and costs a successor its knowledge; no command fails for it. */
    void store(boolean loaded, Collection<String> preventing) {
        StringBuilder text = new StringBuilder(loaded ? "" : OUT + "\n");
        preventing.stream()
                .sorted()
                .forEach(nexus -> text.append(PREVENTED).append(nexus).append('\n'));
        try {
            if (text.isEmpty()) {
                DurableFile.remove(file);
            } else {
                DurableFile.write(file, text.toString());
            }
        } catch (IOException failed) {
            LOG.error("{}: the state of the medium is not recorded: {}", file, failed.toString());
        }
    }
}
