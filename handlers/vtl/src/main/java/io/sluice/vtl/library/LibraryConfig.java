// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys by which each device of a library, changer and drives alike, names it. All but {@code path} say how to make it; once it
 * is there its own state counts.
 *
 * <pre>
 *   path             directory of the library
 *   drives           2      mail_slots   4
 *   slots            24     cartridges   8, in the first slots
 *   medium           "lto-8": generation of those cartridges
 *   capacity         of each, native for its generation
 *   barcode_prefix   "VTL": one to four of A-Z and 0-9; the barcode is prefix, number up to six characters, and the medium's suffix
 * </pre>
 */
public final class LibraryConfig {
    private static final int BARCODE_WITHOUT_SUFFIX = 6;

    private LibraryConfig() {}

    /** Asks for all of these keys. */
    public static LibrarySpec parse(DeviceConfig config) throws DeviceConfigException {
        int drives = (int) config.integer("drives", 2, 1, Geometry.MAX_DRIVES);
        int mailSlots = (int) config.integer("mail_slots", 4, 0, Geometry.MAX_MAIL_SLOTS);
        int slots = (int) config.integer("slots", 24, 1, Geometry.MAX_SLOTS);
        return new LibrarySpec(config.path("path"), Geometry.of(drives, mailSlots, slots), labels(config, slots));
    }

    private static List<CartridgeLabel> labels(DeviceConfig config, int slots) throws DeviceConfigException {
        MediumType medium = config.oneOf("medium", MediumType.LTO_8);
        long capacity = config.bytes("capacity", medium.nativeBytes());
        if (capacity <= 0) {
            throw config.invalid("capacity", "is nothing", "leave it out for the native capacity");
        }
        String prefix = config.string("barcode_prefix", "VTL");
        if (!prefix.matches("[A-Z0-9]{1,4}")) {
            throw config.invalid("barcode_prefix", "is not one to four of A-Z and 0-9", "write such as \"VTL\"");
        }
        int digits = BARCODE_WITHOUT_SUFFIX - prefix.length();
        int numbers = (int) Math.pow(10, digits) - 1;
        int count = (int) config.integer("cartridges", Math.min(8, slots), 0, slots);
        if (count > numbers) {
            throw config.invalid(
                    "cartridges",
                    "is more than the " + numbers + " numbers behind " + prefix,
                    "shorten barcode_prefix");
        }
        Instant now = Instant.now();
        List<CartridgeLabel> labels = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            String barcode = prefix + ("%0" + digits + "d").formatted(number) + medium.suffix();
            labels.add(new CartridgeLabel(barcode, medium, capacity, false, now));
        }
        return labels;
    }
}
