// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ParameterWriter;

/** The body of a vital product data page (SPC-5 7.7); the kit writes the four bytes before it. */
@FunctionalInterface
public interface VpdPage {
    /**
     * Writes bytes 4 and up of the page.
     *
     * @param command who asks; do not end it
     */
    void write(ParameterWriter out, ScsiCommand command);
}
