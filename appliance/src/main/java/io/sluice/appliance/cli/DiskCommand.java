// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.config.ByteSize;
import io.sluice.appliance.daemon.AdminException;
import io.sluice.appliance.daemon.AdminProtocol;
import io.sluice.appliance.daemon.HomeDirectory;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice disk resize}. */
@Command(name = "disk", mixinStandardHelpOptions = true, description = "Virtual disks while they are served")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DiskCommand {
    @Spec
    CommandSpec spec;

    @Command(
            name = "resize",
            mixinStandardHelpOptions = true,
            description =
                    "Changes a disk's size; initiators learn of it (CAPACITY DATA HAS CHANGED). Put the size into the"
                            + " configuration, too, so that the next start agrees")
    int resize(
            @Parameters(paramLabel = "NAME", description = "the device's name in the configuration") String name,
            @Parameters(paramLabel = "SIZE", description = "for example 2GiB") String size,
            @Mixin HomeOption home)
            throws AdminException, IOException {
        Optional<Long> bytes = ByteSize.parse(size);
        if (bytes.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "size \"" + size + "\" is not understood: write for example 2GiB, 500MB or a number of bytes");
        }
        HomeDirectory directory = home.directory();
        ObjectNode request = AdminProtocol.request("resize").put("device", name).put("bytes", bytes.get());
        AdminProtocol.ask(directory.adminSocket(), request);
        spec.commandLine().getOut().printf("%s: %s%n", name, ByteSize.format(bytes.get()));
        return ExitStatus.OK;
    }
}
