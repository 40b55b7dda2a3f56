// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

import io.sluice.appliance.daemon.HomeDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --home}, the same for every command. */
final class HomeOption {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "where state lives; SLUICE_HOME, or ~/.sluice when it is not given")
    @Nullable
    Path home;

    HomeDirectory directory() {
        return new HomeDirectory(path().toAbsolutePath().normalize());
    }

    private Path path() {
        if (home != null) {
            return home;
        }
        String variable = System.getenv("SLUICE_HOME");
        return variable != null && !variable.isEmpty()
                ? Path.of(variable)
                : Path.of(System.getProperty("user.home"), ".sluice");
    }
}
