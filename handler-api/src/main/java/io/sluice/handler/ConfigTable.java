// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@link DeviceConfig} over a map of plain values. */
final class ConfigTable implements DeviceConfig {
    private static final Pattern QUANTITY = Pattern.compile("\\s*([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]*)\\s*");
    private static final Map<String, Long> SIZE_UNITS = Map.of(
            "", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40, "PiB", 1L << 50);
    private static final Map<String, Long> TIME_UNITS =
            Map.of("ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L, "h", 3_600_000_000_000L);

    private final String word;
    private final String name;
    private final Map<String, Object> values;
    private final Path base;
    private final ToIntFunction<String> line;
    private final Set<String> asked;

    ConfigTable(
            String word,
            String name,
            Map<String, ?> values,
            Path base,
            Set<String> consumed,
            ToIntFunction<String> line) {
        this.word = word;
        this.name = name;
        this.values = new TreeMap<>(values);
        this.base = base;
        this.line = line;
        this.asked = new HashSet<>(consumed);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean has(String key) {
        return value(key) != null;
    }

    @Override
    public String string(String key) throws DeviceConfigException {
        return text(key, required(key));
    }

    @Override
    public String string(String key, String otherwise) throws DeviceConfigException {
        Object value = value(key);
        return value == null ? otherwise : text(key, value);
    }

    @Override
    public Optional<String> optional(String key) throws DeviceConfigException {
        Object value = value(key);
        return value == null ? Optional.empty() : Optional.of(text(key, value));
    }

    @Override
    public long integer(String key, long otherwise, long min, long max) throws DeviceConfigException {
        Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Long || value instanceof Integer)) {
            throw invalid(
                    key, "is not a whole number", "write a number from " + min + " to " + max + " without quotes");
        }
        long number = ((Number) value).longValue();
        if (number < min || number > max) {
            throw invalid(key, "is out of range", "choose from " + min + " to " + max);
        }
        return number;
    }

    @Override
    public boolean bool(String key, boolean otherwise) throws DeviceConfigException {
        Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw invalid(key, "is neither true nor false", "write true or false without quotes");
    }

    @Override
    public long bytes(String key) throws DeviceConfigException {
        return quantity(key, required(key), SIZE_UNITS, 1, "write bytes as a number, or such as \"1GiB\"");
    }

    @Override
    public long bytes(String key, long otherwise) throws DeviceConfigException {
        return has(key) ? bytes(key) : otherwise;
    }

    @Override
    public Duration duration(String key, Duration otherwise) throws DeviceConfigException {
        Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        String remedy = "write seconds as a number, or such as \"250ms\", \"30s\", \"2m\"";
        return Duration.ofNanos(quantity(key, value, TIME_UNITS, 1_000_000_000L, remedy));
    }

    private long quantity(String key, Object value, Map<String, Long> units, long plainUnit, String remedy)
            throws DeviceConfigException {
        try {
            if (value instanceof Long || value instanceof Integer) {
                long number = ((Number) value).longValue();
                if (number >= 0) {
                    return Math.multiplyExact(number, plainUnit);
                }
            } else if (value instanceof String text) {
                Matcher matcher = QUANTITY.matcher(text);
                if (matcher.matches()) {
                    Long unit = units.get(matcher.group(2));
                    if (unit != null) {
                        return new BigDecimal(matcher.group(1))
                                .multiply(BigDecimal.valueOf(unit))
                                .longValueExact();
                    }
                }
            }
        } catch (ArithmeticException overflow) {
            throw invalid(key, "is too large or not a whole number of units", remedy);
        }
        throw invalid(key, "is not understood (units: " + new TreeSet<>(units.keySet()) + ")", remedy);
    }

    @Override
    public Path path(String key) throws DeviceConfigException {
        String text = string(key);
        try {
            return base.resolve(text);
        } catch (InvalidPathException notPath) {
            throw invalid(key, "is not a path: " + notPath.getReason(), "write an absolute path");
        }
    }

    @Override
    public <E extends Enum<E>> E oneOf(String key, E otherwise) throws DeviceConfigException {
        Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        E[] constants = otherwise.getDeclaringClass().getEnumConstants();
        for (E constant : constants) {
            if (value instanceof String text && spelling(constant).equals(text)) {
                return constant;
            }
        }
        String known = Arrays.stream(constants)
                .map(constant -> '"' + spelling(constant) + '"')
                .collect(Collectors.joining(", "));
        throw invalid(key, "is not known", "choose one of " + known);
    }

    private static String spelling(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public DeviceConfigException invalid(String key, String problem, String remedy) {
        Object value = values.get(key);
        String shown = value instanceof String ? '"' + value.toString() + '"' : String.valueOf(value);
        String assignment = value == null ? key : key + " = " + shown;
        return failure(key, assignment + " " + problem + "; " + remedy);
    }

    @Override
    public void rejectUnknown() throws DeviceConfigException {
        for (String key : values.keySet()) {
            if (!asked.contains(key)) {
                String nearest = asked.stream()
                        .filter(known -> distance(known, key) <= 2)
                        .min((a, b) -> Integer.compare(distance(a, key), distance(b, key)))
                        .map(known -> "did you mean " + known + "?")
                        .orElse("remove it; known are " + new TreeSet<>(asked));
                throw failure(key, "unknown key " + key + "; " + nearest);
            }
        }
    }

    private DeviceConfigException failure(String key, String message) {
        int number = line.applyAsInt(key);
        String place = number > 0 ? "line " + number + ", " : "";
        return new DeviceConfigException(number, key, place + word + " \"" + name + "\": " + message);
    }

    private @Nullable Object value(String key) {
        asked.add(key);
        return values.get(key);
    }

    private Object required(String key) throws DeviceConfigException {
        Object value = value(key);
        if (value == null) {
            throw failure(key, "key " + key + " is missing; add " + key + " = ...");
        }
        return value;
    }

    private String text(String key, Object value) throws DeviceConfigException {
        if (value instanceof String text) {
            return text;
        }
        throw invalid(key, "is not text", "put it in quotes");
    }

    /** Levenshtein's distance, for proposals. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
