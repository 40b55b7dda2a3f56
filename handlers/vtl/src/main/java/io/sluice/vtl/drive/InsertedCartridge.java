// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.kit.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which cartridge is in the drive, and the name of its mount, in a file that a power cut leaves whole: one line each.
 *
 * @param barcode of the cartridge
 * @param mount changes with each insertion and power on; see {@link io.sluice.vtl.medium.CartridgeStore#mount}
 */
record InsertedCartridge(String barcode, UUID mount) {
    private static final String FILE = "cartridge";

    static @Nullable InsertedCartridge load(Path home) throws IOException {
        Path file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        List<String> lines = Files.readAllLines(file);
        try {
            return new InsertedCartridge(lines.get(0), UUID.fromString(lines.get(1)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException damaged) {
            throw new IOException(
                    file + ": expected a barcode and a mount's name, found " + lines
                            + "; remove the file and put the cartridge in again",
                    damaged);
        }
    }

    void store(Path home) throws IOException {
        DurableFile.write(home.resolve(FILE), barcode + "\n" + mount + "\n");
    }

    static void forget(Path home) throws IOException {
        DurableFile.remove(home.resolve(FILE));
    }
}
