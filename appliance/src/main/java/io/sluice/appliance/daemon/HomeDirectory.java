// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.appliance.config.HandlerName;
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
 * log/               logs of all processes
 * run/               gateway.sock, admin.sock, pids, gateway.kind, gateway.args, handlers, hang_timeout, ready
 * </pre>
 *
 * What each handler process has of its own carries its name, but for the main one's: admin-NAME.sock, ready-NAME and so on.
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

    /** sluiced's Unix socket, or a symbolic link to the module's device. */
    public Path gatewaySocket() {
        return run().resolve("gateway.sock");
    }

    /** The main process's Unix socket for the operator's requests. */
    public Path adminSocket() {
        return adminSocket(ApplianceConfig.MAIN_HANDLER);
    }

    /** A handler process's Unix socket for the operator's requests. */
    public Path adminSocket(String handler) {
        return HandlerName.adminSocket(root, handler);
    }

    /** Which gateway the supervisor starts: a {@link GatewayKind}'s word. */
    public Path gatewayKind() {
        return run().resolve("gateway.kind");
    }

    /** sluiced's command line, or the module's parameters, one argument per line, written for the supervisor. */
    public Path gatewayArguments() {
        return run().resolve("gateway.args");
    }

    /** Names of the handler processes beside the main one, one per line, written for the supervisor. */
    public Path handlers() {
        return run().resolve("handlers");
    }

    /** Seconds after which the supervisor replaces a handler process that hangs; 0: never. */
    public Path hangTimeout() {
        return run().resolve("hang_timeout");
    }

    /** Where portals are bound in this run; {@code down} removes it. */
    public Path portals() {
        return run().resolve("portals");
    }

    /**
     * Exists once the handler's devices were served in this run, and only the supervisor removes it: it tells a start that
     * failed from a death, also when a dying process took {@link #ready} away first.
     */
    public Path served(String handler) {
        return run().resolve(HandlerName.stem("served", handler));
    }

    /**
     * Exists while the handler's devices are served; the main one's says that portals accept, too, and its text what is served
     * and how to connect.
     */
    public Path ready(String handler) {
        return run().resolve(HandlerName.stem("ready", handler));
    }
}
