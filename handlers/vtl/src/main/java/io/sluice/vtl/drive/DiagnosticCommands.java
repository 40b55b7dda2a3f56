// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;

/** SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS (SPC-5 6.20, 6.42): the default self-test, and the list of diagnostic pages. */
final class DiagnosticCommands {
    private static final int SELF_TEST = 2;
    private static final int PAGE_FORMAT = 4;
    private static final int SUPPORTED_PAGES = 0x00;
    private static final int PAGE_HEADER = 4;

    /**
     * The default self-test has nothing to find that a command would not: it ends GOOD. A self-test in the background would need a page
     * of results, which is not there.
     */
    void sendDiagnostic(ScsiCommand command) {
        int length = command.cdb16(3);
        boolean selfTest = command.cdbBit(1, SELF_TEST);
        if (command.cdb8(1) >> 5 != 0) {
            command.invalidField(1, 7);
        } else if (length == 0) {
            command.good(0);
        } else if (selfTest || !command.cdbBit(1, PAGE_FORMAT)) {
            command.invalidField(3);
        } else if (length != PAGE_HEADER || command.dataOutLength() < length) {
            command.parameterListLengthError();
        } else if (command.u8(0) != SUPPORTED_PAGES) {
            command.invalidParameter(0, -1);
        } else {
            command.taken(length);
        }
    }

    void receiveDiagnosticResults(ScsiCommand command) {
        if (command.cdb8(2) != SUPPORTED_PAGES) {
            command.invalidField(2);
            return;
        }
        command.good(command.dataIn(command.cdb16(3))
                .u8(SUPPORTED_PAGES)
                .u8(0)
                .u16(1)
                .u8(SUPPORTED_PAGES));
    }
}
