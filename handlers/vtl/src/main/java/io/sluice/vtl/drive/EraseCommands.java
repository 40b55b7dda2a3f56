// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;

/**
 * ERASE(6) and (16), FORMAT MEDIUM, SET CAPACITY (SSC-5 6.1 to 6.3, 6.19). All end the data where they stand, on the medium before
 * they end; IMMED is admitted and ends no sooner.
 */
final class EraseCommands {
    private static final int FORMAT = 2;
    private static final int LAST_FORMAT = 2;
    private static final int WHOLE_CAPACITY = 0xFFFF;

    private final DriveUnit unit;

    EraseCommands(DriveUnit unit) {
        this.unit = unit;
    }

    /** LONG or not: a short erase ends the data here, too, since there is no gap between blocks that could be erased. */
    void erase(ScsiCommand command) {
        Partition medium = unit.writable(command);
        if (medium == null) {
            return;
        }
        if (BlockLength.isExplicit(command) && !WriteCommands.seekTo(unit, command, medium)) {
            return;
        }
        end(command, medium);
    }

    /** Formats 0 to 2 (SSC-5 6.2): with one partition, all make an empty one. */
    void formatMedium(ScsiCommand command) {
        if ((command.cdb8(FORMAT) & 0x0F) > LAST_FORMAT) {
            command.invalidField(FORMAT, 3);
            return;
        }
        Partition medium = unit.writable(command);
        if (medium != null && isAtBeginning(command)) {
            end(command, medium);
        }
    }

    /** Only the whole medium: less would have to be kept on the cartridge. */
    void setCapacity(ScsiCommand command) {
        if (command.cdb16(3) != WHOLE_CAPACITY) {
            command.invalidField(3);
            return;
        }
        Partition medium = unit.writable(command);
        if (medium != null && isAtBeginning(command)) {
            end(command, medium);
        }
    }

    private boolean isAtBeginning(ScsiCommand command) {
        if (unit.state.position == 0) {
            return true;
        }
        command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.POSITION_PAST_BEGINNING_OF_MEDIUM);
        return false;
    }

    private void end(ScsiCommand command, Partition medium) {
        long at = unit.state.position;
        if (at < medium.objects()) {
            unit.replaces(command.sequence());
        }
        long result = medium.erase(at, command.sequence());
        if (result != MediumResult.OK) {
            unit.writeFailed(command, medium, result, at, DriveUnit.NO_INFORMATION, 0);
        } else if (unit.synchronize(command, medium, at)) {
            command.good(0);
        }
    }
}
