// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sluice as a user starts it: {@code ./sluice up --detach} with a home and a port of its own. SLUICE_VARIANT chooses the build
 * of sluiced, SLUICE_LOOPS the number of its event loops.
 */
final class RunningSluice implements AutoCloseable {
    static final String TARGET = "iqn.2026-11.io.sluice:disk";
    static final Path CHECKOUT = checkout();
    static final Path LAUNCHER = CHECKOUT.resolve("sluice");

    private final Path home;
    private final int port;

    private RunningSluice(Path home, int port) {
        this.home = home;
        this.port = port;
    }

    private static Path checkout() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(directory.resolve("sluice"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "no `sluice` above " + Path.of("").toAbsolutePath());
            }
            directory = parent;
        }
        return directory;
    }

    /** The shipped configuration, with the loops that the environment asks for and no metrics port that could be taken. */
    static String shippedConfiguration() {
        try {
            return Files.readString(CHECKOUT.resolve("appliance/config/sluice.toml"))
                    .replace("#loops = 1 ", "loops = " + System.getenv().getOrDefault("SLUICE_LOOPS", "1") + " ")
                    .replace("listen = \"127.0.0.1:9464\"", "listen = \"127.0.0.1:0\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RunningSluice start() {
        return start(shippedConfiguration());
    }

    static RunningSluice start(String configuration) {
        RunningSluice sluice = prepare(configuration);
        sluice.expect(sluice.up());
        return sluice;
    }

    /** With the portals of the configuration, instead of one on a free port. */
    static RunningSluice startAsConfigured(String configuration) {
        RunningSluice sluice = prepare(configuration);
        sluice.expect(sluice.command("up", "--detach"));
        return sluice;
    }

    private void expect(Shell up) {
        if (up.status() != 0) {
            throw new AssertionError("up --detach: exit status " + up.status() + ":\n" + up.output());
        }
    }

    /** A home with that configuration in it; nothing runs yet. */
    static RunningSluice prepare(String configuration) {
        try {
            Path home = Files.createTempDirectory("sluice");
            Files.createDirectories(home.resolve("data"));
            Files.writeString(home.resolve("sluice.toml"), configuration);
            Files.write(home.resolve("data/readme.img"), new byte[1 << 20]);
            return new RunningSluice(home, freePort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Shell up() {
        return command("up", "--detach", "--portal", portal());
    }

    Shell down() {
        return command("down");
    }

    /** {@code ./sluice COMMAND... --home HOME}. */
    Shell command(String... words) {
        List<String> line = new ArrayList<>(List.of(LAUNCHER.toString()));
        line.addAll(List.of(words));
        line.addAll(List.of("--home", home.toString()));
        return Shell.run(Map.of(), line);
    }

    JsonNode status() {
        Shell status = command("status", "--json");
        if (status.status() != 0) {
            throw new AssertionError("status --json: exit status " + status.status() + ":\n" + status.output());
        }
        return new JsonMapper().readTree(status.output());
    }

    /** What the status says of one device. */
    JsonNode device(String name) {
        for (JsonNode device : status().path("devices")) {
            if (device.path("name").stringValue().equals(name)) {
                return device;
            }
        }
        throw new AssertionError("the status has no device " + name);
    }

    Path home() {
        return home;
    }

    int port() {
        return port;
    }

    String portal() {
        return "127.0.0.1:" + port;
    }

    String url(int lun) {
        return "iscsi://" + portal() + "/" + TARGET + "/" + lun;
    }

    /** Process of a pid file in HOME/run. */
    Optional<ProcessHandle> process(String name) {
        try {
            return ProcessHandle.of(Long.parseLong(
                    Files.readString(home.resolve("run/" + name + ".pid")).strip()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    String log(String name) {
        try {
            return Files.readString(home.resolve("log/" + name + ".log"));
        } catch (IOException e) {
            return "";
        }
    }

    static void await(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    /** Stops it, checks that a sanitizer had nothing to say, and removes the home. */
    @Override
    public void close() {
        Shell down = down();
        String gatewayLog = log("sluiced");
        if (down.status() != 0) {
            throw new AssertionError("down: exit status " + down.status() + ":\n" + down.output() + log("supervisor"));
        }
        for (String sign :
                List.of("ERROR: AddressSanitizer", "runtime error:", "WARNING: ThreadSanitizer", "LeakSanitizer")) {
            if (gatewayLog.contains(sign)) {
                throw new AssertionError("the gateway's log has a report of a sanitizer:\n" + gatewayLog);
            }
        }
        remove(home);
    }

    static void remove(@Nullable Path tree) {
        if (tree == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
