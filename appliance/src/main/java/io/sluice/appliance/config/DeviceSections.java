// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import io.sluice.handler.CommandTimeouts;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceProvider;
import io.sluice.handler.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The {@code [[device]]} tables. What belongs to a device type is checked by its provider. */
final class DeviceSections {
    /** It becomes a directory below HOME/devices, a metric label and a name at the gateway (63 bytes). */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** Values of every type that a provider may be content with in place of a wrong one. */
    private static final List<Object> STAND_INS = List.of(1L << 30, 512L, 1L, true, "stand-in");

    private static final int LONGEST_TIMEOUT = (int) CommandTimeouts.LONGEST.toSeconds();

    private final List<ApplianceConfig.Device> devices = new ArrayList<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final DeviceTypes types;

    private DeviceSections(DeviceTypes types) {
        this.types = types;
    }

    static DeviceSections read(List<Table> tables, DeviceTypes types, Path home) {
        DeviceSections sections = new DeviceSections(types);
        for (Table table : tables) {
            sections.device(table, home);
        }
        return sections;
    }

    /** In the file's order. */
    List<ApplianceConfig.Device> devices() {
        return devices;
    }

    /** Also of devices that are wrong in themselves: a LUN that names one of them is not wrong. */
    Set<String> names() {
        return lines.keySet();
    }

    private void device(Table table, Path home) {
        Map<String, DeviceProvider> providers = types.providers();
        String name = table.required("name", "write name = \"disk0\" (LUN maps refer to it)");
        if (!name.isEmpty()) {
            name(table, name);
        }
        String handler = table.string("handler", ApplianceConfig.MAIN_HANDLER);
        HandlerName.check(table, "handler", handler, home);
        String type = table.required("type", "write one of " + new TreeSet<>(providers.keySet()));
        Map<String, Object> values = table.values();
        if (types.checked().test(handler)) {
            DeviceProvider provider = providers.get(type);
            if (provider != null) {
                check(table, provider::check, now -> view(table, name, now, home), new LinkedHashMap<>(values));
            } else if (!types.areMissing()) {
                unknown(table, type, providers.keySet());
            }
        }
        CommandTimeouts timeouts = timeouts(table);
        devices.add(new ApplianceConfig.Device(
                name, type, handler, timeouts, table.line(), values, view(table, name, values, home)));
    }

    /** {@code timeout = 30}, of every command, or {@code timeout = { prompt = 30, data = 60, medium = 600, long = 14400 }}. */
    static CommandTimeouts timeouts(Table table) {
        Table byPace = table.isTable("timeout") ? table.table("timeout") : null;
        if (byPace == null) {
            return CommandTimeouts.all(Duration.ofSeconds(table.integer("timeout", 0, 1, LONGEST_TIMEOUT)));
        }
        CommandTimeouts timeouts = CommandTimeouts.DEFAULT;
        for (Pace pace : Pace.values()) {
            int seconds = byPace.integer(pace.name().toLowerCase(Locale.ROOT), 0, 1, LONGEST_TIMEOUT);
            timeouts = timeouts.with(pace, Duration.ofSeconds(seconds));
        }
        byPace.finish();
        return timeouts;
    }

    private static void unknown(Table table, String type, Set<String> types) {
        if (!type.isEmpty()) {
            String remedy = Suggestion.nearest(type, types)
                    .map(near -> "did you mean \"" + near + "\"?")
                    .orElse("there are " + new TreeSet<>(types)
                            + "; the JAR of another type belongs into HOME/plugins");
            table.wrong("type", "no such device type", remedy);
        }
    }

    /** A device that its group's table stands for. */
    void add(Table table, ApplianceConfig.Device device) {
        if (!NAME.matcher(device.name()).matches()) {
            table.wrong(
                    "name",
                    "makes the device name \"" + device.name() + "\"",
                    "use letters, digits, dots, hyphens and underscores so that this has 63 at most");
        }
        Integer first = lines.putIfAbsent(device.name(), table.line());
        if (first != null) {
            table.wrong(
                    "name",
                    "its device \"" + device.name() + "\" has the name of one on line " + first,
                    "choose another name");
        }
        devices.add(device);
    }

    private void name(Table table, String name) {
        if (!NAME.matcher(name).matches()) {
            table.wrong("name", "is no device name", "use 1 to 63 letters, digits, dots, hyphens and underscores");
        }
        Integer first = lines.putIfAbsent(name, table.line());
        if (first != null) {
            table.wrong("name", "a device of that name stands on line " + first, "choose another name");
        }
    }

    /** What a provider has to say of a table: it throws the first error. */
    @FunctionalInterface
    interface Check {
        void check(DeviceConfig config) throws DeviceConfigException;
    }

    /**
     * A provider reports one error at a time. Each is noted; then its key is left out, or given a value that its provider is
     * content with, to learn what comes after it. It ends when no such value is found, or no error is left.
     */
    static void check(
            Table table, Check check, Function<Map<String, Object>, DeviceConfig> view, Map<String, Object> values) {
        Optional<DeviceConfigException> error = firstError(check, view.apply(values));
        while (error.isPresent()) {
            DeviceConfigException wrong = error.get();
            int line = wrong.line() > 0 ? wrong.line() : table.line();
            table.document().error(new ConfigError(table.document().file(), line, withoutLine(wrong)));
            values.remove(wrong.key());
            error = firstError(check, view.apply(values));
            Iterator<Object> stand = STAND_INS.iterator();
            while (error.isPresent() && error.get().key().equals(wrong.key()) && stand.hasNext()) {
                values.put(wrong.key(), stand.next());
                error = firstError(check, view.apply(values));
            }
            if (error.isPresent() && error.get().key().equals(wrong.key())) {
                return;
            }
        }
    }

    private static Optional<DeviceConfigException> firstError(Check check, DeviceConfig config) {
        try {
            check.check(config);
            config.rejectUnknown();
            return Optional.empty();
        } catch (DeviceConfigException e) {
            return Optional.of(e);
        } catch (RuntimeException | LinkageError broken) {
            // No error of the configuration: open() meets it again, and whoever opens devices says which plugin it is.
            return Optional.empty();
        }
    }

    private static String withoutLine(DeviceConfigException e) {
        String message = String.valueOf(e.getMessage());
        String prefix = "line " + e.line() + ", ";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }

    private static DeviceConfig view(Table table, String name, Map<String, Object> values, Path home) {
        return DeviceConfig.of(name, values, home, ConfigReader.DEVICE_KEYS, table::line);
    }
}
