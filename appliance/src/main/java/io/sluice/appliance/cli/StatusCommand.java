// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.daemon.AdminException;
import io.sluice.appliance.daemon.AdminProtocol;
import io.sluice.appliance.daemon.HomeDirectory;
import io.sluice.appliance.daemon.StatusText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice status}. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Gateway, portals, targets, devices, nexuses")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StatusCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    HomeOption home = new HomeOption();

    @Option(names = "--json", description = "one JSON object instead of tables")
    boolean json;

    @Option(
            names = "--commands",
            description = "the commands that have not ended, oldest first, and what each waits for")
    boolean commands;

    @Override
    public Integer call() throws AdminException {
        PrintWriter out = spec.commandLine().getOut();
        HomeDirectory directory = home.directory();
        ObjectNode status;
        try {
            status =
                    AdminProtocol.ask(directory.adminSocket(), AdminProtocol.request(commands ? "commands" : "status"));
        } catch (IOException e) {
            String state = Files.exists(directory.run().resolve("supervisor.pid")) ? "starting" : "stopped";
            if (json) {
                out.println("{\"state\":\"" + state + "\"}");
            } else {
                out.println(state + ": no appliance answers at " + directory.adminSocket()
                        + "; start it with ./sluice up --detach" + " --home " + directory.root() + ", its logs are in "
                        + directory.root().resolve("log"));
            }
            return ExitStatus.NOT_RUNNING;
        }
        out.print(
                json ? status.toPrettyString() + "\n" : commands ? StatusText.commands(status) : StatusText.of(status));
        out.flush();
        return ExitStatus.OK;
    }
}
