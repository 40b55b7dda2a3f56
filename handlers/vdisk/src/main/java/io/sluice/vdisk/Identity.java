// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Who a disk says it is. Initiators find it again by its serial number and by the NAA designator that the kit derives from
 * these words, so they are the same after every restart: the serial number is the configured one, or one that was made once and
 * lies in the device's home.
 */
record Identity(String vendor, String product, String revision, String serial) {
    /** Long enough for a UUID. */
    static final int MAX_SERIAL = 36;

    private static final String FILE = "serial";

    static Identity of(DiskConfig.IdentityConfig config, Path home) throws IOException {
        String serial = config.serial().isPresent() ? config.serial().get() : keptSerial(home.resolve(FILE));
        return new Identity(config.vendor(), config.product(), config.revision(), serial);
    }

    private static String keptSerial(Path file) throws IOException {
        try {
            String serial = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (serial.isEmpty() || serial.length() > MAX_SERIAL) {
                throw new IOException(file + " holds no serial number of 1 to " + MAX_SERIAL
                        + " characters: restore it, set serial in the configuration, or remove it for a new one");
            }
            return serial;
        } catch (NoSuchFileException first) {
            return keep(file);
        }
    }

    private static String keep(Path file) throws IOException {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        String serial = HexFormat.of().withUpperCase().formatHex(random);
        Path partial = file.resolveSibling(FILE + ".new");
        Files.writeString(
                partial,
                serial + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        return serial;
    }
}
