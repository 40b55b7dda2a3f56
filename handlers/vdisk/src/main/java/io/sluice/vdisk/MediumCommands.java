// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.Outcome;

/** TEST UNIT READY, START STOP UNIT (SBC-4 5.31) and PREVENT ALLOW MEDIUM REMOVAL (SPC-5 6.16, SBC-4 5.14). */
final class MediumCommands {
    private static final int START_BIT = 0;
    private static final int LOEJ_BIT = 1;
    private static final int NO_FLUSH_BIT = 2;

    private final LogicalUnit unit;
    private final Medium medium;
    private final DeviceContext context;

    MediumCommands(LogicalUnit unit, DeviceContext context) {
        this.unit = unit;
        this.medium = unit.medium;
        this.context = context;
    }

    void testUnitReady(ScsiCommand command) {
        if (unit.isReady(command)) {
            command.good();
        }
    }

    /**
     * Several initiators share the disk and none may stop it for the others, so it has no other power condition than active:
     * stopping and all POWER CONDITION values flush and end GOOD. Ejecting is different; PREVENT guards against it.
     */
    void startStopUnit(ScsiCommand command) {
        boolean start = command.cdbBit(4, START_BIT);
        boolean powerCondition = command.cdb8(4) >> 4 != 0;
        boolean loadEject = command.cdbBit(4, LOEJ_BIT) && !powerCondition;
        if (loadEject && !medium.isRemovable()) {
            command.invalidField(4, LOEJ_BIT);
        } else if (loadEject && start) {
            load(command);
        } else if (loadEject) {
            eject(command);
        } else if (start && !powerCondition) {
            testUnitReady(command);
        } else if (command.cdbBit(4, NO_FLUSH_BIT) || flush(command)) {
            command.good();
        }
    }

    private void load(ScsiCommand command) {
        if (medium.isLoaded()) {
            command.good();
            return;
        }
        if (removalPrevented(command)) {
            return;
        }
        medium.loaded(true);
        context.raiseUnitAttentionExcept(
                command.nexus(), AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        command.good();
    }

    private void eject(ScsiCommand command) {
        if (removalPrevented(command) || !flush(command)) {
            return;
        }
        medium.loaded(false);
        command.good();
    }

    private boolean removalPrevented(ScsiCommand command) {
        if (!medium.isRemovalPrevented()) {
            return false;
        }
        command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        return true;
    }

    /** False after having ended the command with the store's failure. */
    private boolean flush(ScsiCommand command) {
        long outcome = unit.isReadOnly() ? Outcome.OK : unit.store.flush();
        if (Outcome.isOk(outcome)) {
            return true;
        }
        unit.flushFailed(command, outcome);
        return false;
    }

    void preventAllow(ScsiCommand command) {
        switch (command.cdb8(4) & 3) {
            case 0 -> {
                medium.allow(command.nexus());
                command.good();
            }
            case 1 -> {
                medium.prevent(command.nexus());
                command.good();
            }
            default -> command.invalidField(4, 1); // obsolete values for attached changers
        }
    }
}
