// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.GatewayKind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What the main process writes for the supervisor, so that nobody else has to read the configuration. */
final class SupervisorFiles {
    private static final long MODULE_POOL_MIB = 4096;

    private SupervisorFiles() {}

    /**
     * The names of the other handler processes, how long one may hang, and which gateway there is, and
     * its command line, which the supervisor waits for: it comes last.
     *
     * @throws StartException if the home directory cannot be written to
     */
    static void write(HomeDirectory home, ApplianceConfig config, List<String> otherHandlers) throws StartException {
        ApplianceConfig.Gateway gateway = config.gateway();
        try {
            Files.createDirectories(home.run());
            ReadyFile.write(home.handlers(), lines(otherHandlers));
            ReadyFile.write(
                    home.hangTimeout(),
                    lines(List.of(
                            Long.toString(config.supervision().hangTimeout().toSeconds()))));
            ReadyFile.write(home.gatewayKind(), lines(List.of(gateway.kind().word())));
            ReadyFile.write(
                    home.gatewayArguments(),
                    lines(gateway.kind() == GatewayKind.MODULE ? parameters(gateway) : arguments(gateway)));
        } catch (IOException e) {
            throw new StartException(Daemon.UNAVAILABLE, "cannot write to " + home.run() + ": " + e, e);
        }
    }

    private static List<String> arguments(ApplianceConfig.Gateway gateway) {
        return List.of(
                "--loops", Integer.toString(gateway.loops()),
                "--spin-us", gateway.spin(),
                "--cpus", gateway.cpus(),
                "--max-devices", Integer.toString(gateway.limits().devices()),
                "--max-nexuses", Integer.toString(gateway.limits().nexuses()),
                "--max-sessions", Integer.toString(gateway.limits().sessions()),
                "--log-level", gateway.logLevel());
    }

    /** Of the module, as it is loaded; one that is loaded already keeps its own. */
    static List<String> parameters(ApplianceConfig.Gateway gateway) {
        return List.of(
                "max_devices=" + gateway.limits().devices(),
                "max_nexuses=" + gateway.limits().nexuses(),
                "max_sessions=" + gateway.limits().sessions(),
                "max_pool_mib=" + Math.max(MODULE_POOL_MIB, gateway.poolBytes() >> 20),
                "grace_s=" + Math.max(1, gateway.grace().plusMillis(999).toSeconds()));
    }

    private static String lines(List<String> texts) {
        StringBuilder lines = new StringBuilder();
        texts.forEach(text -> lines.append(text).append('\n'));
        return lines.toString();
    }
}
