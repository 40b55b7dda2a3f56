// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ConfigException;
import io.sluice.appliance.config.ConfigReader;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.appliance.config.PortalAddress;
import io.sluice.appliance.daemon.Daemon;
import io.sluice.appliance.daemon.HomeDirectory;
import io.sluice.appliance.daemon.ProviderCatalog;
import io.sluice.appliance.daemon.StartException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A handler process; the supervisor runs it. */
@Command(name = "daemon", hidden = true, mixinStandardHelpOptions = true, description = "Serves the configured devices")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DaemonCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    HomeOption home = new HomeOption();

    @Option(names = "--portal", paramLabel = "ADDRESS:PORT", description = "instead of those of the configuration")
    @Nullable
    String portal;

    @Option(names = "--gateway", paramLabel = "KIND", description = "daemon or module, whatever the configuration says")
    @Nullable
    String gateway;

    @Option(names = "--config", paramLabel = "FILE", description = "instead of HOME/sluice.toml")
    @Nullable
    Path config;

    @Option(names = "--handler", paramLabel = "NAME", description = "which devices: those that name this handler")
    String handler = ApplianceConfig.MAIN_HANDLER;

    @Option(names = "--take-over", description = "from the process of that name that serves this home, when ready to")
    boolean takeOver;

    @Override
    public Integer call() throws ConfigException, IOException {
        HomeDirectory directory = home.directory();
        ProviderCatalog catalog = ProviderCatalog.load(directory.plugins());
        Path file = config == null ? directory.configuration() : config;
        ConfigReader reader = new ConfigReader(
                        directory.root(), catalog.providers(), !catalog.faults().isEmpty())
                .withGroups(catalog.groups())
                .checkingDevicesOf(handler);
        ApplianceConfig read = read(reader, file);
        if (!read.handlers().contains(handler)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--handler " + handler + ": no device of " + file
                            + " names it: it was there when Sluice was started;"
                            + " ./sluice down and up make changes take effect");
        }
        try {
            return new Daemon(directory, read, () -> read(reader, file), handler, catalog, takeOver).run();
        } catch (StartException e) {
            spec.commandLine().getErr().println("sluice: " + e.getMessage());
            return e.status();
        }
    }

    private ApplianceConfig read(ConfigReader reader, Path file) throws ConfigException {
        ApplianceConfig read = reader.read(file);
        if (gateway != null) {
            read = read.withKind(kind(gateway));
        }
        if (portal == null) {
            return read;
        }
        if (read.gateway().kind() == GatewayKind.MODULE) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--portal " + portal
                            + ": the module has no iSCSI portals: leave it out, or run with --gateway daemon");
        }
        return read.withPortal(portal(portal));
    }

    private GatewayKind kind(String word) {
        return GatewayKind.parse(word)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--gateway " + word + ": choose one of " + String.join(", ", GatewayKind.words())));
    }

    private PortalAddress portal(String text) {
        try {
            return PortalAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--portal " + text + ": " + e.getMessage(), e);
        }
    }
}
