// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import java.util.Locale;

/**
 * What a drive is.
 *
 * @param model which drive it plays
 * @param serial unit serial number: 1 to 10 printable characters, unique among the drives of all libraries
 * @param revision PRODUCT REVISION LEVEL, up to 4 characters
 */
public record DriveSettings(DriveModel model, String serial, String revision) {
    static final String VENDOR = "IBM";
    private static final int MAX_SERIAL = 10;

    public DriveSettings {
        if (serial.isEmpty() || serial.length() > MAX_SERIAL || !serial.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    "serial \"" + serial + "\": use 1 to " + MAX_SERIAL + " printable ASCII characters, no spaces");
        }
        if (revision.length() > 4) {
            throw new IllegalArgumentException("revision \"" + revision + "\": use 4 characters or fewer");
        }
    }

    /** The usual drive. */
    public static DriveSettings of(DriveModel model, String serial) {
        return new DriveSettings(model, serial, "J451");
    }

    /** Vendor, product and serial as INQUIRY and page 83h have them: 34 characters. */
    String identification() {
        return String.format(Locale.ROOT, "%-8s%-16s%-10s", VENDOR, model.product(), serial);
    }
}
