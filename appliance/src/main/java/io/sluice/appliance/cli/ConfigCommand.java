// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ConfigException;
import io.sluice.appliance.config.ConfigReader;
import io.sluice.appliance.daemon.HomeDirectory;
import io.sluice.appliance.daemon.ProviderCatalog;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice config check}. */
@Command(name = "config", mixinStandardHelpOptions = true, description = "Checks the configuration")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConfigCommand {
    @Spec
    CommandSpec spec;

    @Command(name = "check", mixinStandardHelpOptions = true, description = "Every error with line, value and remedy")
    int check(
            @Parameters(arity = "0..1", paramLabel = "FILE", description = "HOME/sluice.toml when not given") @Nullable
                    Path file,
            @Mixin HomeOption home)
            throws ConfigException, IOException {
        HomeDirectory directory = home.directory();
        ProviderCatalog catalog = ProviderCatalog.load(directory.plugins());
        ConfigReader reader = new ConfigReader(directory.root(), catalog.providers()).withGroups(catalog.groups());
        catalog.faults().forEach(spec.commandLine().getErr()::println);
        ApplianceConfig config = reader.read(file == null ? directory.configuration() : file);
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: no errors (%d devices, %d targets)%n",
                        config.file(), config.devices().size(), config.targets().size());
        return catalog.faults().isEmpty() ? ExitStatus.OK : ExitStatus.CONFIGURATION;
    }
}
