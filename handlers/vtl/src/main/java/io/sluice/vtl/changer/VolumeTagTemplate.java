// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.ScsiCommand;
import io.sluice.vtl.library.Element;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Placement;
import org.jspecify.annotations.Nullable;

/**
 * What an initiator looks for by SEND VOLUME TAG (SMC-3): elements of a type, from an address on, whose volume identifier matches a
 * template of 32 characters. {@code ?} stands for any character, {@code *} for all that follow; what is not there is spaces.
 *
 * @param action SEND ACTION CODE
 * @param type null for all types
 * @param from the lowest address
 * @param pattern 32 characters
 */
record VolumeTagTemplate(int action, @Nullable ElementType type, int from, String pattern) {
    static final int BYTES = 32;
    private static final char ANY = '?';
    private static final char ALL = '*';

    /** The template in a parameter list; empty if a character cannot be in a volume identifier. NUL ends it. */
    static String parse(ScsiCommand command) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < BYTES; i++) {
            int character = command.u8(i);
            if (character == 0) {
                break;
            }
            if (character < ' ' || character > '~') {
                return "";
            }
            pattern.append((char) character);
        }
        return padded(pattern.toString());
    }

    private static String padded(String text) {
        return text + " ".repeat(BYTES - text.length());
    }

    boolean matches(Element element) {
        Placement there = element.cartridge();
        return element.address() >= from
                && (type == null || element.type() == type)
                && there != null
                && matches(padded(there.barcode()));
    }

    private boolean matches(String identifier) {
        for (int i = 0; i < BYTES; i++) {
            char wanted = pattern.charAt(i);
            if (wanted == ALL) {
                return true;
            }
            if (wanted != ANY && wanted != identifier.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
