// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import io.sluice.appliance.config.ApplianceConfig.Chap;
import io.sluice.appliance.config.ApplianceConfig.Credentials;
import io.sluice.appliance.config.ApplianceConfig.Gateway;
import io.sluice.appliance.config.ApplianceConfig.Limits;
import io.sluice.appliance.config.ApplianceConfig.Supervision;
import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.DeviceProvider;
import io.sluice.runtime.HandlerOptions;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a configuration and checks all of it: nothing stops at the first error but a file that cannot be read. */
public final class ConfigReader {
    private static final String DEFAULT_PORTAL = "127.0.0.1:3260";
    private static final String DEFAULT_METRICS = "127.0.0.1:9464";
    private static final List<String> LOG_LEVELS = List.of("error", "warn", "info", "debug");
    private static final Pattern CPUS = Pattern.compile("auto|any|follow|\\d{1,3}(-\\d{1,3})?(,\\d{1,3}(-\\d{1,3})?)*");
    private static final int SECRET_SHORTEST = 12;
    private static final int SECRET_LONGEST = 59;
    private static final int USER_LONGEST = 239;
    private static final long POOL_STEP = 16L << 20;
    private static final int QUEUES = 2;
    private static final int DEPTH = 128;
    private static final long POOL = 16 * POOL_STEP;
    private static final Duration GRACE = HandlerOptions.DEFAULT_GRACE;
    private static final int WORKERS = 8;

    /**
     * Longer than a collection of garbage, a swapped-out process or one repeated request of the storage below takes, and so much
     * shorter than the minute that a read or write may take (class DATA) that these reach the next process in time.
     */
    private static final int HANG_SECONDS = 45;

    private static final int HANG_SECONDS_MAX = 86_400;

    private final Path home;
    private final DeviceTypes types;

    /**
     * @param home what relative paths of devices count from
     * @param providers the device types that exist, by type
     */
    public ConfigReader(Path home, Map<String, DeviceProvider> providers) {
        this(home, providers, false);
    }

    /**
     * The same when a plugin may be unusable: a device of an unknown type may be one of its devices then, and no error of the
     * configuration.
     */
    public ConfigReader(Path home, Map<String, DeviceProvider> providers, boolean typesAreMissing) {
        this(home, new DeviceTypes(providers, Map.of(), typesAreMissing, handler -> true));
    }

    private ConfigReader(Path home, DeviceTypes types) {
        this.home = home;
        this.types = types;
    }

    /**
     * For a process that serves some of the devices: what only their providers know of the others is not its business, so that
     * one handler's devices do not stay away for an error in another's.
     */
    public ConfigReader checkingDevicesOf(String handler) {
        return new ConfigReader(
                home, new DeviceTypes(types.providers(), types.groups(), types.areMissing(), handler::equals));
    }

    /**
     * The same with tables of device groups.
     *
     * @param groups their providers, by the word of the table
     */
    public ConfigReader withGroups(Map<String, DeviceGroupProvider> groups) {
        return new ConfigReader(home, new DeviceTypes(types.providers(), groups, types.areMissing(), types.checked()));
    }

    /**
     * Reads and checks a file.
     *
     * @throws ConfigException with every error
     */
    public ApplianceConfig read(Path file) throws ConfigException {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException(List.of(new ConfigError(file, 0, unreadable(e))));
        }
        return read(file, text);
    }

    private static String unreadable(IOException e) {
        return switch (e) {
            case NoSuchFileException gone ->
                "no such file: give the path of a configuration; `sluice up` writes one to HOME/sluice.toml";
            case AccessDeniedException denied ->
                "permission denied: the file must be readable for the user " + System.getProperty("user.name");
            case MalformedInputException binary -> "is no UTF-8 text: save it as UTF-8";
            default -> "cannot be read: " + e;
        };
    }

    ApplianceConfig read(Path file, String text) throws ConfigException {
        TomlDocument document = new TomlDocument(file, text);
        Table root = document.root();
        Gateway gateway = gateway(root.table("gateway"));
        Supervision supervision = supervision(root.table("handler"));
        Optional<PortalAddress> metrics = metrics(root.table("metrics"));
        Chap discovery = discovery(root.table("discovery"));
        DeviceSections devices = DeviceSections.read(root.tables("device"), types, home);
        GroupSections groups = GroupSections.read(root, types, home, devices);
        TargetSections targets = TargetSections.read(root.tables("target"), devices.names());
        groups.luns().forEach(targets::add);
        List<ApplianceConfig.AccessState> accessStates =
                AccessSections.read(root.tables("access"), devices.names(), portalGroups(gateway));
        root.finish();
        if (!document.errors().isEmpty()) {
            throw new ConfigException(document.errors());
        }
        return new ApplianceConfig(
                file,
                gateway,
                supervision,
                metrics,
                discovery,
                devices.devices(),
                groups.groups(),
                targets.targets(),
                accessStates);
    }

    private static Set<Integer> portalGroups(Gateway gateway) {
        return gateway.portals().stream().map(PortalAddress::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Gateway gateway(@Nullable Table table) {
        if (table == null) {
            return new Gateway(
                    GatewayKind.DAEMON,
                    List.of(PortalAddress.parse(DEFAULT_PORTAL)),
                    1,
                    "auto",
                    "auto",
                    "info",
                    QUEUES,
                    DEPTH,
                    POOL,
                    WORKERS,
                    GRACE,
                    Limits.DEFAULT);
        }
        List<PortalAddress> portals = new ArrayList<>();
        if (table.has("portals")) {
            table.strings("portals")
                    .forEach((path, text) -> portal(table, path, text).ifPresent(portals::add));
            if (portals.isEmpty() && table.document().errors().isEmpty()) {
                table.wrong("portals", "names no portal", "write portals = [\"" + DEFAULT_PORTAL + "\"]");
            }
        } else {
            portals.add(PortalAddress.parse(DEFAULT_PORTAL));
        }
        Gateway gateway = new Gateway(
                kind(table),
                portals,
                table.integer("loops", 1, 1, 64),
                spin(table),
                cpus(table),
                logLevel(table),
                table.integer("queues", QUEUES, 1, 64),
                depth(table),
                pool(table),
                table.integer("workers", WORKERS, 1, 1024),
                Duration.ofSeconds(table.integer("grace", (int) GRACE.toSeconds(), 1, 3600)),
                limits(table));
        table.finish();
        return gateway;
    }

    private static Limits limits(Table table) {
        return new Limits(
                table.integer("max_devices", Limits.DEFAULT.devices(), 1, 1_000_000),
                table.integer("max_nexuses", Limits.DEFAULT.nexuses(), 1, 32_768),
                table.integer("max_sessions", Limits.DEFAULT.sessions(), 2, 1024));
    }

    private static Supervision supervision(@Nullable Table table) {
        if (table == null) {
            return new Supervision(Duration.ofSeconds(HANG_SECONDS));
        }
        Supervision supervision =
                new Supervision(Duration.ofSeconds(table.integer("hang_timeout", HANG_SECONDS, 0, HANG_SECONDS_MAX)));
        table.finish();
        return supervision;
    }

    private static Optional<PortalAddress> portal(Table table, String path, String text) {
        try {
            return Optional.of(PortalAddress.parse(text));
        } catch (IllegalArgumentException e) {
            table.document().error(path, path + " = \"" + text + "\": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static GatewayKind kind(Table table) {
        Optional<GatewayKind> kind = GatewayKind.parse(table.string("kind", GatewayKind.DAEMON.word()));
        if (kind.isEmpty()) {
            table.wrong("kind", "is no kind of gateway", "choose one of " + String.join(", ", GatewayKind.words()));
        }
        return kind.orElse(GatewayKind.DAEMON);
    }

    private static String spin(Table table) {
        String remedy = "write spin = \"auto\", or microseconds between quotes such as \"50\"";
        String spin = table.string("spin", "auto");
        if (!spin.equals("auto") && !spin.matches("\\d{1,6}")) {
            table.wrong("spin", "is neither auto nor a number of microseconds", remedy);
        }
        return spin;
    }

    private static String cpus(Table table) {
        String cpus = table.string("cpus", "auto");
        if (!CPUS.matcher(cpus).matches()) {
            table.wrong(
                    "cpus",
                    "names no processors",
                    "write cpus = \"auto\", \"any\", \"follow\", or a list such as \"0,2-3\"");
        }
        return cpus;
    }

    private static String logLevel(Table table) {
        String level = table.string("log_level", "info");
        if (!LOG_LEVELS.contains(level)) {
            table.wrong("log_level", "is no log level", "choose one of " + String.join(", ", LOG_LEVELS));
        }
        return level;
    }

    private static int depth(Table table) {
        int depth = table.integer("depth", DEPTH, 2, 4096);
        if (Integer.bitCount(depth) != 1) {
            table.wrong("depth", "is no power of two", "write depth = " + Integer.highestOneBit(depth));
        }
        return depth;
    }

    private static long pool(Table table) {
        String text = table.string("pool", "256MiB");
        Optional<Long> bytes = ByteSize.parse(text);
        if (bytes.isEmpty() || bytes.get() < POOL_STEP || bytes.get() % POOL_STEP != 0 || bytes.get() > 1L << 40) {
            table.wrong("pool", "wants a multiple of 16 MiB", "write for example pool = \"64MiB\"");
            return POOL;
        }
        return bytes.get();
    }

    private static Optional<PortalAddress> metrics(@Nullable Table table) {
        if (table == null) {
            return Optional.empty();
        }
        boolean enabled = table.bool("enabled", true);
        String path = table.at("listen");
        Optional<PortalAddress> address = portal(table, path, table.string("listen", DEFAULT_METRICS));
        if (address.isPresent() && address.get().group() != PortalAddress.DEFAULT_GROUP) {
            table.wrong("listen", "names a portal group, which only portals have", "leave it out");
        }
        table.finish();
        return enabled ? address : Optional.empty();
    }

    private static Chap discovery(@Nullable Table table) {
        if (table == null) {
            return Chap.NONE;
        }
        Chap chap = chap(table.table("chap"));
        table.finish();
        return chap;
    }

    /** {@code user} and {@code secret} of the initiator, {@code mutual_user} and {@code mutual_secret} of the target. */
    static Chap chap(@Nullable Table table) {
        if (table == null) {
            return Chap.NONE;
        }
        String why = "write user and secret of the initiator (mutual_user, mutual_secret: of the target)";
        Credentials initiator = new Credentials(user(table, "user", why), secret(table, "secret", why));
        Optional<Credentials> target = Optional.empty();
        if (table.hasAny("mutual_user", "mutual_secret")) {
            target = Optional.of(new Credentials(user(table, "mutual_user", why), secret(table, "mutual_secret", why)));
            if (!initiator.secret().isEmpty() && target.get().secret().equals(initiator.secret())) {
                table.document()
                        .error(
                                table.at("mutual_secret"),
                                table.at("mutual_secret")
                                        + ": is the same as secret; choose another (RFC 7143 12.1.4)");
            }
        }
        table.finish();
        return new Chap(Optional.of(initiator), target);
    }

    private static String user(Table table, String key, String why) {
        String user = table.required(key, why);
        if (table.has(key) && (user.isEmpty() || user.length() > USER_LONGEST)) {
            table.wrong(key, "wants a name of 1 to " + USER_LONGEST + " characters", "choose one");
        }
        return user;
    }

    /** The value is kept out of the message: configurations are shown to others more often than secrets should be. */
    private static String secret(Table table, String key, String why) {
        String secret = table.required(key, why);
        int length = secret.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        if (table.has(key) && (length < SECRET_SHORTEST || length > SECRET_LONGEST)) {
            table.document()
                    .error(
                            table.at(key),
                            table.at(key) + ": the secret has " + length + " bytes; CHAP wants " + SECRET_SHORTEST
                                    + " to " + SECRET_LONGEST
                                    + ", and many initiators take no more than 16 (RFC 7143 12.1.3)");
        }
        return secret;
    }

    /** Names of the keys that are the appliance's own in the table of a device group. */
    static final Set<String> GROUP_KEYS = Set.of("name", "target", "handler", "timeout");

    /** Names of the keys that are the appliance's own in a {@code [[device]]} table. */
    static final Set<String> DEVICE_KEYS = Set.of("name", "type", "handler", "timeout");
}
