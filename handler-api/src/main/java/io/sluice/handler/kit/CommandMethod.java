// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;

/** What a device does with one command. Its CDB was checked against the usage data already. */
@FunctionalInterface
public interface CommandMethod {
    /** Executes and ends the command, as {@link io.sluice.handler.Device#execute} does. */
    @HotPath
    void execute(ScsiCommand command);
}
