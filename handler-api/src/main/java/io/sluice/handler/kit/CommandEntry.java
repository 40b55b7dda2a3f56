// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import java.time.Duration;

/**
 * One row of a {@link CommandTable}.
 *
 * @param serviceAction -1 if the operation code has none
 * @param nominal nominal command processing time-out, zero if unspecified
 * @param recommended recommended command time-out, zero if unspecified
 */
record CommandEntry(
        int opcode, int serviceAction, CdbUsage usage, CommandMethod method, Duration nominal, Duration recommended) {
    CommandEntry withTimeouts(Duration nominalTimeout, Duration recommendedTimeout) {
        return new CommandEntry(opcode, serviceAction, usage, method, nominalTimeout, recommendedTimeout);
    }

    int key() {
        return (opcode << 16) | (serviceAction & 0xFFFF);
    }
}
