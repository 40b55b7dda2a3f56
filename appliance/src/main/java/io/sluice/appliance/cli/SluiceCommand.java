// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.config.ConfigException;
import io.sluice.appliance.daemon.AdminException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root of the appliance's commands. {@code up}, {@code down}, {@code test} and {@code bench} are the launcher's. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        version = "sluice 0.1.0",
        subcommands = {
            DaemonCommand.class,
            StatusCommand.class,
            ConfigCommand.class,
            DiskCommand.class,
            ReloadCommand.class,
            AccessCommand.class
        },
        description = "SCSI devices written in Java, served to initiators")
public final class SluiceCommand {
    /** Runs a command line; returns the exit status. */
    public static int run(String... arguments) {
        CommandLine line = new CommandLine(new SluiceCommand());
        CommandLine operate = new CommandLine(new OperateCommand()).setUnmatchedOptionsArePositionalParams(true);
        line.addSubcommand(operate);
        return line.setExecutionExceptionHandler((exception, failed, result) -> report(exception, failed))
                .execute(arguments);
    }

    private static int report(Exception exception, CommandLine line) throws Exception {
        switch (exception) {
            case ConfigException e -> {
                line.getErr().println(e.getMessage());
                return ExitStatus.CONFIGURATION;
            }
            case AdminException e -> line.getErr().println("sluice: " + e.getMessage());
            case IOException e -> line.getErr().println("sluice: " + e.getMessage());
            default -> throw exception;
        }
        return ExitStatus.FAILED;
    }
}
