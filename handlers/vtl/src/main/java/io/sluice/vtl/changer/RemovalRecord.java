// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.kit.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps in the device's home which nexuses prevent removal, for a process that takes over. No file: none does. */
final class RemovalRecord {
    private static final Logger LOG = LoggerFactory.getLogger(RemovalRecord.class);

    private final Path file;

    RemovalRecord(Path home) {
        file = home.resolve("removal-prevented");
    }

    Set<String> load() throws IOException {
        return Files.exists(file) ? new HashSet<>(Files.readAllLines(file, StandardCharsets.UTF_8)) : new HashSet<>();
    }

    /** A failure is logged and costs a successor its knowledge; no command fails for it. */
    void store(Collection<String> nexuses) {
        try {
            if (nexuses.isEmpty()) {
                DurableFile.remove(file);
            } else {
                DurableFile.write(
                        file, String.join("\n", nexuses.stream().sorted().toList()) + "\n");
            }
        } catch (IOException failed) {
            LOG.error("{}: who prevents removal is not recorded: {}", file, failed.toString());
        }
    }
}
