// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: {@code 512}, {@code 64MiB}, {@code 1.5TiB}. */
public final class ByteSize {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([KMGTP]i?B|B)?");
    private static final Map<Character, Integer> POWERS = Map.of('K', 1, 'M', 2, 'G', 3, 'T', 4, 'P', 5);

    private ByteSize() {}

    /** The number of bytes; empty when the text is no size or does not come out as whole bytes. KB and KiB differ. */
    public static Optional<Long> parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        String unit = form.group(2) == null ? "B" : form.group(2);
        int power = POWERS.getOrDefault(unit.charAt(0), 0);
        BigDecimal factor =
                BigDecimal.valueOf(unit.indexOf('i') > 0 ? 1024 : 1000).pow(power);
        try {
            return Optional.of(new BigDecimal(form.group(1)).multiply(factor).longValueExact());
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** The largest binary unit that shows the number without a fraction, or with one digit of it. */
    public static String format(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        boolean whole = value == Math.rint(value);
        return whole
                ? "%d %s".formatted((long) value, units[unit])
                : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }
}
