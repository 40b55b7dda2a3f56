// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance;

import io.sluice.appliance.cli.SluiceCommand;

/** {@code java -m io.sluice.appliance/io.sluice.appliance.Main COMMAND ...}; {@code ./sluice} starts it. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(SluiceCommand.run(arguments));
    }
}
