// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What the main process writes for the supervisor, so that nobody else has to read the configuration. */
final class SupervisorFiles {
    private SupervisorFiles() {}

    /**
     * The names of the other handler processes, how long one may hang, and the gateway's command line, which the supervisor waits for: it comes last.
     *
     * @throws StartException if the home directory cannot be written to
     */
    static void write(HomeDirectory home, ApplianceConfig config, List<String> otherHandlers) throws StartException {
        ApplianceConfig.Gateway gateway = config.gateway();
        List<String> arguments = List.of(
                "--loops", Integer.toString(gateway.loops()),
                "--spin-us", gateway.spin(),
                "--cpus", gateway.cpus(),
                "--max-devices", Integer.toString(gateway.limits().devices()),
                "--max-nexuses", Integer.toString(gateway.limits().nexuses()),
                "--max-sessions", Integer.toString(gateway.limits().sessions()),
                "--log-level", gateway.logLevel());
        try {
            Files.createDirectories(home.run());
            ReadyFile.write(home.handlers(), lines(otherHandlers));
            ReadyFile.write(
                    home.hangTimeout(),
                    lines(List.of(
                            Long.toString(config.supervision().hangTimeout().toSeconds()))));
            ReadyFile.write(home.gatewayArguments(), lines(arguments));
        } catch (IOException e) {
            throw new StartException(Daemon.UNAVAILABLE, "cannot write to " + home.run() + ": " + e, e);
        }
    }

    private static String lines(List<String> texts) {
        StringBuilder lines = new StringBuilder();
        texts.forEach(text -> lines.append(text).append('\n'));
        return lines.toString();
    }
}
