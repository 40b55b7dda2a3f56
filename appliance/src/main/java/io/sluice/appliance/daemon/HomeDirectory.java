// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where all state lives.
 *
 * <pre>
 * sluice.toml        the configuration, unless --config names another
 * data/              disks, as the configuration says
 * devices/NAME/      what the device of that name saves (mode pages)
 * plugins/           JARs with more device types
 * log/               logs of the three processes
 * run/               gateway.sock, admin.sock, pids, gateway.args, ready
 * </pre>
 */
public record HomeDirectory(Path root) {
    public Path configuration() {
        return root.resolve("sluice.toml");
    }

    /** The device's own directory, made when it is not there. */
    public Path device(String name) throws IOException {
        return Files.createDirectories(root.resolve("devices").resolve(name));
    }

    public Path plugins() {
        return root.resolve("plugins");
    }

    public Path run() {
        return root.resolve("run");
    }

    /** The gateway's Unix socket. */
    public Path gatewaySocket() {
        return run().resolve("gateway.sock");
    }

    /** This process's Unix socket for the operator's requests. */
    public Path adminSocket() {
        return run().resolve("admin.sock");
    }

    /** The gateway's command line, one argument per line, written for the supervisor. */
    public Path gatewayArguments() {
        return run().resolve("gateway.args");
    }

    /** Where portals are bound in this run; {@code down} removes it. */
    public Path portals() {
        return run().resolve("portals");
    }

    /**
     * Exists once LUNs were served in this run, and only the supervisor removes it: it tells a start that failed from a
     * death, also when a dying process took {@link #ready()} away first.
     */
    public Path served() {
        return run().resolve("served");
    }

    /** Exists while portals accept and LUNs are served; its text says what and how to connect. */
    public Path ready() {
        return run().resolve("ready");
    }
}
