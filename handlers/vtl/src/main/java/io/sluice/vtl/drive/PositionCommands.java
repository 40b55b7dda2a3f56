// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.Partition;

/** REWIND, LOCATE(10) and (16) (SSC-5 6.6, 6.7, 6.18). IMMED is admitted and ends no sooner: nothing winds. */
final class PositionCommands {
    private static final int OBJECT = 0;
    private static final int FILE = 1;
    private static final int END_OF_DATA = 3;

    private final DriveUnit unit;

    PositionCommands(DriveUnit unit) {
        this.unit = unit;
    }

    void rewind(ScsiCommand command) {
        Partition medium = unit.ready(command);
        if (medium != null && unit.synchronize(command, medium, Long.MAX_VALUE)) {
            unit.state.position = 0;
            command.good(0);
        }
    }

    void locate10(ScsiCommand command) {
        if (command.cdb8(8) != 0) {
            command.invalidField(8);
            return;
        }
        Partition medium = unit.ready(command);
        if (medium != null && unit.synchronize(command, medium, Long.MAX_VALUE)) {
            locateObject(command, medium, command.cdb32(3));
        }
    }

    void locate16(ScsiCommand command) {
        int destination = (command.cdb8(1) >> 3) & 7;
        if (destination != OBJECT && destination != FILE && destination != END_OF_DATA) {
            command.invalidField(1, 5);
            return;
        }
        if (!BlockLength.isInPartition(command)) {
            return;
        }
        Partition medium = unit.ready(command);
        if (medium == null || !unit.synchronize(command, medium, Long.MAX_VALUE)) {
            return;
        }
        switch (destination) {
            case OBJECT -> locateObject(command, medium, command.cdb64(4));
            case FILE -> locateFile(command, medium, command.cdb64(4));
            default -> {
                unit.state.position = medium.objects();
                command.good(0);
            }
        }
    }

    private void locateObject(ScsiCommand command, Partition medium, long object) {
        if (object >= 0 && object <= medium.objects()) {
            unit.state.position = object;
            command.good(0);
        } else {
            atEndOfData(command, medium);
        }
    }

    /** In front of the first object of a file: behind the filemark that ends the one before. */
    private void locateFile(ScsiCommand command, Partition medium, long file) {
        if (file >= 0 && file <= medium.filemarks()) {
            unit.state.position = file == 0 ? 0 : medium.filemark(file - 1) + 1;
            command.good(0);
        } else {
            atEndOfData(command, medium);
        }
    }

    private void atEndOfData(ScsiCommand command, Partition medium) {
        unit.state.position = medium.objects();
        command.check(SenseKey.BLANK_CHECK, AdditionalSense.END_OF_DATA_DETECTED);
    }
}
