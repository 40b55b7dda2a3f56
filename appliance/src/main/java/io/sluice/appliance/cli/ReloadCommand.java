// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.daemon.AdminException;
import io.sluice.appliance.daemon.AdminProtocol;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice reload}. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        description =
                "Applies what the configuration file says of targets, groups, LUNs, credentials and access states,"
                        + " while initiators are logged in")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ReloadCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    HomeOption home = new HomeOption();

    @Override
    public Integer call() throws AdminException, IOException {
        ObjectNode answer = AdminProtocol.ask(home.directory().adminSocket(), AdminProtocol.request("reload"));
        PrintWriter out = spec.commandLine().getOut();
        for (JsonNode change : answer.path("changes")) {
            out.println(change.stringValue(""));
        }
        if (answer.path("changes").isEmpty()) {
            out.println("nothing has changed");
        }
        for (JsonNode waiting : answer.path("waiting")) {
            out.println(waiting.stringValue("") + ": takes effect with ./sluice down and up");
        }
        return ExitStatus.OK;
    }
}
