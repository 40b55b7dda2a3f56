// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.kit.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps in the device's home that the import/export elements are open, for a process that takes over. No file: they are closed. */
final class StationRecord {
    private static final Logger LOG = LoggerFactory.getLogger(StationRecord.class);

    private final Path file;

    StationRecord(Path home) {
        file = home.resolve("station-open");
    }

    boolean isOpen() {
        return Files.exists(file);
    }

    /** A failure is logged and costs a successor its knowledge; no command fails for it. */
    void store(boolean open) {
        try {
            if (!open) {
                DurableFile.remove(file);
            } else if (!isOpen()) {
                DurableFile.write(file, "");
            }
        } catch (IOException failed) {
            LOG.error("{}: whether the station is open is not recorded: {}", file, failed.toString());
        }
    }
}
