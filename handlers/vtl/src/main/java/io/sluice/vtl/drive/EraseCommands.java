// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;

/**
 * ERASE(6) and (16), FORMAT MEDIUM, SET CAPACITY (SSC-5 6.1 to 6.3, 6.19). All end the data where they stand, on the medium before
 * they end; IMMED is admitted and ends no sooner.
 */
final class EraseCommands {
    private static final int FORMAT = 2;
    private static final int LAST_FORMAT = 2;

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
        if (emptied(command, medium)) {
            command.good(0);
        }
    }

    /** Formats 0 to 2 (SSC-5 6.2): with one partition, all make an empty one. */
    void formatMedium(ScsiCommand command) {
        if ((command.cdb8(FORMAT) & 0x0F) > LAST_FORMAT) {
            command.invalidField(FORMAT, 3);
            return;
        }
        Partition medium = unit.writable(command);
        if (medium != null && isAtBeginning(command) && emptied(command, medium)) {
            CartridgeMemory kept = memory();
            keep(command, kept.with(kept.history().formatted()));
        }
    }

    /**
     * CAPACITY PROPORTION VALUE is of 65,535; it stays with the cartridge until the next one. The data go first, so that there is never more than
     * fits.
     */
    void setCapacity(ScsiCommand command) {
        Partition medium = unit.writable(command);
        if (medium != null && isAtBeginning(command) && emptied(command, medium)) {
            keep(command, memory().limited(command.cdb16(3)));
        }
    }

    /** What is kept with the medium, or a new one in place of a damaged one. */
    private CartridgeMemory memory() {
        Cartridge cartridge = unit.cartridge();
        CartridgeMemory kept = cartridge == null ? null : cartridge.memory();
        return kept == null ? CartridgeMemory.NEW : kept;
    }

    private void keep(ScsiCommand command, CartridgeMemory next) {
        Cartridge cartridge = unit.cartridge();
        long result = cartridge == null ? MediumResult.INTERNAL : cartridge.keep(next);
        if (result == MediumResult.OK) {
            command.good(0);
        } else {
            unit.notKept(command, result);
        }
    }

    private boolean isAtBeginning(ScsiCommand command) {
        if (unit.state.position == 0) {
            return true;
        }
        command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.POSITION_PAST_BEGINNING_OF_MEDIUM);
        return false;
    }

    /** From here on nothing is on the medium; false after having ended the command. */
    private boolean emptied(ScsiCommand command, Partition medium) {
        if (!unit.changes(command, DriveUnit.NO_INFORMATION)) {
            return false;
        }
        long at = unit.state.position;
        if (at < medium.objects()) {
            unit.replaces(command.sequence());
        }
        long result = medium.erase(at, command.sequence());
        if (result != MediumResult.OK) {
            unit.writeFailed(command, medium, result, at, DriveUnit.NO_INFORMATION, 0);
            return false;
        }
        return unit.synchronize(command, medium, at);
    }
}
