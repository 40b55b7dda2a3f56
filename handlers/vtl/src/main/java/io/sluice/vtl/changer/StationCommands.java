// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandSet;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Library;

/**
 * PREVENT ALLOW MEDIUM REMOVAL (SPC-5 6.16) and OPEN/CLOSE IMPORT/EXPORT ELEMENT (SMC-3 6.8). The import/export elements are
 * one station: opening one opens all. Prevention keeps an operator from taking cartridges out and the station from opening; as
 * with an IBM 3584, moves between elements go on, also into the station.
 */
final class StationCommands implements CommandSet {
    private static final int OPEN = 0;
    private static final int CLOSE = 1;

    private final Library library;
    private final RemovalPrevention prevention;
    private final StationRecord record;

    StationCommands(Library library, RemovalPrevention prevention, StationRecord record) {
        this.library = library;
        this.prevention = prevention;
        this.record = record;
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        table.command(OpCode.PREVENT_ALLOW_MEDIUM_REMOVAL, "1E 00 00 00 03 00", this::preventAllow)
                .command(OpCode.START_STOP_UNIT, "1B 00 FF FF 1F 00", this::openClose);
    }

    private void preventAllow(ScsiCommand command) {
        switch (command.cdb8(4) & 3) {
            case 0 -> {
                prevention.allow(command.nexus());
                command.good();
            }
            case 1 -> {
                prevention.prevent(command.nexus());
                command.good();
            }
            default -> command.invalidField(4, 1); // obsolete values
        }
    }

    private void openClose(ScsiCommand command) {
        int action = command.cdb8(4) & 0x1F;
        if (library.geometry().type(command.cdb16(2)) != ElementType.IMPORT_EXPORT) {
            ElementCommands.invalidElement(command, 2);
        } else if (action != OPEN && action != CLOSE) {
            command.invalidField(4, 4);
        } else if (action == OPEN && prevention.isPrevented()) {
            command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        } else {
            library.openStation(action == OPEN);
            record.store(action == OPEN);
            command.good();
        }
    }
}
