// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One row of a {@link CommandTable}.
 *
 * @param serviceAction -1 if the operation code has none
 * @param method null if the gateway answers this command before it reaches the device
 * @param nominal nominal command processing time-out, zero if unspecified
 * @param recommended recommended command time-out, zero if unspecified
 */
record CommandEntry(
        int opcode,
        int serviceAction,
        CdbUsage usage,
        @Nullable CommandMethod method,
        Duration nominal,
        Duration recommended) {
    CommandEntry withTimeouts(Duration nominalTimeout, Duration recommendedTimeout) {
        return new CommandEntry(opcode, serviceAction, usage, method, nominalTimeout, recommendedTimeout);
    }

    int key() {
        return (opcode << 16) | (serviceAction & 0xFFFF);
    }
}
