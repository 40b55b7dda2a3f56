// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogParameters;
import io.sluice.vtl.library.Element;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Library;

/** Log page 2Eh, TapeAlert (SMC-3 annex A): 64 flags, of which those that can be true of this library follow what is the case. */
final class TapeAlertPage implements LogPage {
    private static final int FLAGS = 64;
    private static final int DRIVE_OFFLINE = 22;
    private static final int INVENTORY = 24;

    private final Library library;

    TapeAlertPage(Library library) {
        this.library = library;
    }

    @Override
    public int code() {
        return 0x2E;
    }

    @Override
    public void write(LogParameters out) {
        boolean driveMissing = library
                .elements(ElementType.DATA_TRANSFER, 0, library.geometry().drives())
                .stream()
                .anyMatch(element -> element.condition() == Element.Condition.NO_DRIVE);
        for (int flag = 1; flag <= FLAGS; flag++) {
            boolean set =
                    (flag == DRIVE_OFFLINE && driveMissing) || (flag == INVENTORY && library.lostCartridges() > 0);
            out.counter(flag, 1, set ? 1 : 0);
        }
    }
}
