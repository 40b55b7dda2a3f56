// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandSet;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.library.Library;
import io.sluice.vtl.library.MoveResult;
import java.time.Duration;

/**
 * MOVE MEDIUM (SMC-3 6.6) and EXCHANGE MEDIUM (6.2). One that comes again after its process died, and had been applied, ends GOOD
 * without being applied twice: the inventory has its sequence number.
 */
final class MoveCommands implements CommandSet {
    private static final Duration MOVE = Duration.ofMinutes(10);

    private final Library library;

    MoveCommands(Library library) {
        this.library = library;
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        table.command(OpCode.MOVE_MEDIUM, "A5 00 FF FF FF FF FF FF 00 00 01 00", this::move)
                .timeouts(Duration.ZERO, MOVE)
                .command(OpCode.EXCHANGE_MEDIUM, "A6 00 FF FF FF FF FF FF FF FF 03 00", this::exchange)
                .timeouts(Duration.ZERO, MOVE);
    }

    private void move(ScsiCommand command) {
        if (!ElementCommands.isTransport(command.cdb16(2))) {
            ElementCommands.invalidElement(command, 2);
        } else if (command.cdbBit(10, 0)) {
            command.invalidField(10, 0); // INVERT: the transport does not rotate
        } else if (wasApplied(command)) {
            command.good();
        } else {
            end(command, library.move(command.cdb16(4), command.cdb16(6), command.sequence()));
        }
    }

    private void exchange(ScsiCommand command) {
        if (!ElementCommands.isTransport(command.cdb16(2))) {
            ElementCommands.invalidElement(command, 2);
        } else if ((command.cdb8(10) & 3) != 0) {
            command.invalidField(10, command.cdbBit(10, 1) ? 1 : 0);
        } else if (wasApplied(command)) {
            command.good();
        } else {
            end(command, library.exchange(command.cdb16(4), command.cdb16(6), command.cdb16(8), command.sequence()));
        }
    }

    private boolean wasApplied(ScsiCommand command) {
        return command.redelivered() && library.applied(command.sequence());
    }

    private static void end(ScsiCommand command, MoveResult result) {
        switch (result) {
            case MOVED -> command.good();
            case NO_SUCH_ELEMENT -> refuse(command, AdditionalSense.INVALID_ELEMENT_ADDRESS);
            case SOURCE_EMPTY -> refuse(command, AdditionalSense.MEDIUM_SOURCE_ELEMENT_EMPTY);
            case DESTINATION_FULL -> refuse(command, AdditionalSense.MEDIUM_DESTINATION_ELEMENT_FULL);
            case STATION_OPEN, ON_LOAN -> refuse(command, AdditionalSense.MEDIUM_MAGAZINE_NOT_ACCESSIBLE);
            case NO_DRIVE -> refuse(command, AdditionalSense.DATA_TRANSFER_DEVICE_REMOVED);
            case REMOVAL_PREVENTED -> refuse(command, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
            case DRIVE_FAILED -> command.check(SenseKey.HARDWARE_ERROR, AdditionalSense.MEDIA_LOAD_OR_EJECT_FAILED);
            case NOT_RECORDED -> command.internalFailure();
        }
    }

    private static void refuse(ScsiCommand command, AdditionalSense why) {
        command.check(SenseKey.ILLEGAL_REQUEST, why);
    }
}
