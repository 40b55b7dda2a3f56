// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.daemon.AdminException;
import io.sluice.appliance.daemon.AdminProtocol;
import io.sluice.appliance.daemon.OperationText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice operate NOUN VERB ...}, which {@code sluice library}, {@code tape} and {@code drive} are short for. Options that are not here are the plugin's. */
@Command(
        name = "operate",
        mixinStandardHelpOptions = true,
        description = "A command of a plugin's on a group of devices while it is served, such as: operate library list")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OperateCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    HomeOption home = new HomeOption();

    @Option(names = "--json", description = "one JSON object instead of text")
    boolean json;

    @Parameters(index = "0", paramLabel = "NOUN", description = "library, tape, drive, or what else plugins have")
    String noun;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "VERB",
            description = "list, show and so on, and what follows")
    List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws AdminException, IOException {
        ObjectNode request = AdminProtocol.request("operate").put("noun", noun);
        ArrayNode words = request.putArray("arguments");
        arguments.forEach(word -> words.add(absolute(word)));
        ObjectNode answer = AdminProtocol.ask(home.directory().adminSocket(), request);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? answer.toPrettyString() + "\n" : OperationText.of(answer));
        out.flush();
        return answer.path("ok").booleanValue(true) ? ExitStatus.OK : ExitStatus.FAILED;
    }

    /** A word that begins with ./ or ../ is a path from here; who answers has another working directory. */
    private static String absolute(String word) {
        return word.startsWith("./") || word.startsWith("../")
                ? Path.of(word).toAbsolutePath().normalize().toString()
                : word;
    }
}
