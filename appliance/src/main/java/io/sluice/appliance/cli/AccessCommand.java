// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.daemon.AdminException;
import io.sluice.appliance.daemon.AdminProtocol;
import io.sluice.runtime.ControlClient.Access;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice access}. */
@Command(
        name = "access",
        mixinStandardHelpOptions = true,
        description =
                "Sets how devices can be reached through the portals of a group (SPC-5 5.18) until the next start;"
                        + " initiators hear of it")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class AccessCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    HomeOption home = new HomeOption();

    @Parameters(index = "0", paramLabel = "GROUP", description = "portal group, the number behind a portal's comma")
    int group;

    @Parameters(
            index = "1",
            paramLabel = "STATE",
            description = "active-optimized, active-non-optimized, standby, unavailable, offline, transitioning")
    String state;

    @Option(names = "--device", paramLabel = "NAME", description = "only this device")
    @Nullable
    String device;

    @Override
    public Integer call() throws AdminException, IOException {
        if (group < 1 || group > 65535) {
            throw new ParameterException(spec.commandLine(), "group " + group + ": portal groups are 1 to 65535");
        }
        ObjectNode request = AdminProtocol.request("access").put("group", group).put("state", parse().name());
        if (device != null) {
            request.put("device", device);
        }
        AdminProtocol.ask(home.directory().adminSocket(), request);
        spec.commandLine().getOut().printf("portal group %d: %s%n", group, state);
        return ExitStatus.OK;
    }

    private Access parse() {
        return Arrays.stream(Access.values())
                .filter(known -> word(known).equals(state))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "state \"" + state + "\": choose one of "
                                + Arrays.stream(Access.values())
                                        .map(AccessCommand::word)
                                        .collect(Collectors.joining(", "))));
    }

    private static String word(Access known) {
        return known.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
