// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A mode page (SPC-5 7.5): its default values, what of it an initiator may change, and who wants to know. Both are given as
 * T10 prints a page, header included, in hexadecimal; a sub-page starts with the SPF bit set:
 *
 * <pre>{@code
 * ModePage caching = ModePage.of("08 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")
 *         .changeable("08 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")  // WCE
 *         .saved()
 *         .onChange(page -> writeCache = (page[2] & 0x04) != 0)
 *         .build();
 * }</pre>
 */
public final class ModePage {
    /** Sees a page's new values: when the device opens, after MODE SELECT, after a reset. All bytes, header included. */
    @FunctionalInterface
    public interface Listener {
        void changed(byte[] page);
    }

    /** Judges values that a MODE SELECT wants, beyond the changeable bits. */
    @FunctionalInterface
    public interface Validator {
        /** Returns {@link BlockDescriptor#ACCEPTED}, or the byte of the page that is wrong. */
        int check(byte[] page);
    }

    private final int code;
    private final int subpage;
    private final byte[] defaults;
    private final byte[] changeable;
    private final boolean saveable;
    private final Listener listener;
    private final Validator validator;
    private volatile byte[] current;
    private volatile byte @Nullable [] saved;

    private ModePage(Builder builder) {
        code = builder.defaults[0] & 0x3F;
        subpage = (builder.defaults[0] & 0x40) != 0 ? builder.defaults[1] & 0xFF : 0;
        defaults = builder.defaults;
        changeable = builder.changeable;
        saveable = builder.saveable;
        listener = builder.listener;
        validator = builder.validator;
        current = defaults;
    }

    /**
     * Starts a page.
     *
     * @param defaults all bytes in hexadecimal, spaces allowed
     */
    public static Builder of(String defaults) {
        return new Builder(defaults);
    }

    public int code() {
        return code;
    }

    public int subpage() {
        return subpage;
    }

    boolean isSaveable() {
        return saveable;
    }

    /** Byte {@code index} of the current values, header included. */
    public int current(int index) {
        return current[index] & 0xFF;
    }

    int length() {
        return defaults.length;
    }

    int headerLength() {
        return (defaults[0] & 0x40) != 0 ? 4 : 2;
    }

    /** Values by the PC field of MODE SENSE: 0 current, 1 changeable, 2 default, 3 saved. */
    byte[] values(int pageControl) {
        return switch (pageControl) {
            case 0 -> current;
            case 1 -> changeable;
            case 2 -> defaults;
            default -> afterReset();
        };
    }

    /** Saved values if there are, default values otherwise: what a reset brings back. */
    byte[] afterReset() {
        byte[] page = saved;
        return page == null ? defaults : page;
    }

    byte @Nullable [] saved() {
        return saved;
    }

    /** The byte in error and its highest wrong bit as {@code byte << 3 | bit}, or -1. */
    int firstUnchangeable(byte[] wanted) {
        byte[] now = current;
        for (int i = headerLength(); i < wanted.length; i++) {
            int wrong = (wanted[i] ^ now[i]) & ~changeable[i] & 0xFF;
            if (wrong != 0) {
                return (i << 3) | (31 - Integer.numberOfLeadingZeros(wrong));
            }
        }
        return -1;
    }

    int invalidByte(byte[] wanted) {
        return validator.check(wanted.clone());
    }

    void makeCurrent(byte[] page) {
        current = page;
        listener.changed(page.clone());
    }

    void makeSaved(byte[] page) {
        saved = effective(page);
    }

    /** Of recorded values only what may be changed counts: the rest follows the defaults, also when those were others then. */
    byte[] effective(byte[] page) {
        byte[] effective = defaults.clone();
        for (int i = headerLength(); i < effective.length; i++) {
            effective[i] = (byte) ((page[i] & changeable[i]) | (defaults[i] & ~changeable[i]));
        }
        return effective;
    }

    /** Adds to the defaults. */
    public static final class Builder {
        private final byte[] defaults;
        private byte[] changeable;
        private boolean saveable;
        private Listener listener = page -> {};
        private Validator validator = page -> BlockDescriptor.ACCEPTED;

        private Builder(String text) {
            defaults = parse(text);
            changeable = new byte[defaults.length];
            System.arraycopy(defaults, 0, changeable, 0, (defaults[0] & 0x40) != 0 ? 4 : 2);
        }

        private static byte[] parse(String text) {
            byte[] page = HexFormat.of().parseHex(text.replace(" ", ""));
            boolean sub = page.length > 3 && (page[0] & 0x40) != 0;
            int header = sub ? 4 : 2;
            int says = page.length < header ? -1 : sub ? ((page[2] & 0xFF) << 8) | (page[3] & 0xFF) : page[1] & 0xFF;
            if (says + header != page.length || page[0] < 0) {
                throw new IllegalArgumentException("mode page \"" + text + "\": its PAGE LENGTH must be "
                        + (page.length - header) + ", the number of bytes after it, and its PS bit zero");
            }
            return page;
        }

        /**
         * Which bits MODE SELECT may change; none without this.
         *
         * @param mask all bytes in hexadecimal, with the same header as the defaults
         */
        public Builder changeable(String mask) {
            byte[] parsed = parse(mask);
            if (parsed.length != defaults.length || parsed[0] != defaults[0]) {
                throw new IllegalArgumentException("changeable mask \"" + mask + "\": give page "
                        + Integer.toHexString(defaults[0]) + " with " + defaults.length + " bytes as the defaults do");
            }
            changeable = parsed;
            return this;
        }

        /** MODE SELECT with SP saves it (PS is one in MODE SENSE). */
        public Builder saved() {
            saveable = true;
            return this;
        }

        public Builder onChange(Listener wantsToKnow) {
            listener = wantsToKnow;
            return this;
        }

        public Builder validate(Validator judge) {
            validator = judge;
            return this;
        }

        public ModePage build() {
            return new ModePage(this);
        }
    }
}
