// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.vtl.medium.Partition;

/**
 * SPACE(6) and (16) (SSC-5 6.22, 6.23) over blocks, filemarks and to the end of data; the index of filemarks makes each a
 * matter of a few look-ups. Counts are 64 bits wide: the negative one of largest magnitude has no positive, so magnitudes are
 * compared unsigned.
 */
final class SpaceCommand {
    private static final int BLOCKS = 0;
    private static final int FILEMARKS = 1;
    private static final int END_OF_DATA = 3;

    private final DriveUnit unit;
    private final DriveState state;

    SpaceCommand(DriveUnit unit) {
        this.unit = unit;
        this.state = unit.state;
    }

    void space(ScsiCommand command) {
        int code = command.cdb8(1) & 0x0F;
        if (code != BLOCKS && code != FILEMARKS && code != END_OF_DATA) {
            command.invalidField(1, 3);
            return;
        }
        Partition medium = unit.ready(command);
        if (medium == null || !unit.synchronize(command, medium, Long.MAX_VALUE)) {
            return;
        }
        long count = BlockLength.isExplicit(command) ? command.cdb64(4) : (command.cdb24(2) << 8) >> 8;
        if (code == END_OF_DATA) {
            state.position = medium.objects();
            command.good(0);
        } else if (count == 0) {
            command.good(0);
        } else if (code == BLOCKS && count > 0) {
            blocksForward(command, medium, count);
        } else if (code == BLOCKS) {
            blocksBackward(command, medium, -count);
        } else if (count > 0) {
            filemarksForward(command, medium, count);
        } else {
            filemarksBackward(command, medium, -count);
        }
    }

    private void blocksForward(ScsiCommand command, Partition medium, long count) {
        long from = state.position;
        long mark = medium.filemark(medium.filemarksBefore(from));
        long stop = mark >= 0 ? mark : medium.objects();
        if (count <= stop - from) {
            state.position = from + count;
            command.good(0);
        } else if (mark >= 0) {
            state.position = mark + 1;
            DriveUnit.filemark(command, count - (stop - from), 0);
        } else {
            state.position = stop;
            DriveUnit.endOfData(command, count - (stop - from), 0);
        }
    }

    private void blocksBackward(ScsiCommand command, Partition medium, long magnitude) {
        long from = state.position;
        long marks = medium.filemarksBefore(from);
        long stop = marks > 0 ? medium.filemark(marks - 1) + 1 : 0;
        long there = from - stop;
        if (Long.compareUnsigned(magnitude, there) <= 0) {
            state.position = from - magnitude;
            command.good(0);
        } else if (marks > 0) {
            state.position = stop - 1;
            DriveUnit.filemark(command, magnitude - there, 0);
        } else {
            state.position = 0;
            DriveUnit.beginning(command, magnitude - there, 0);
        }
    }

    private void filemarksForward(ScsiCommand command, Partition medium, long count) {
        long before = medium.filemarksBefore(state.position);
        long there = medium.filemarks() - before;
        if (count <= there) {
            state.position = medium.filemark(before + count - 1) + 1;
            command.good(0);
        } else {
            state.position = medium.objects();
            DriveUnit.endOfData(command, count - there, 0);
        }
    }

    private void filemarksBackward(ScsiCommand command, Partition medium, long magnitude) {
        long before = medium.filemarksBefore(state.position);
        if (Long.compareUnsigned(magnitude, before) <= 0) {
            state.position = medium.filemark(before - magnitude);
            command.good(0);
        } else {
            state.position = 0;
            DriveUnit.beginning(command, magnitude - before, 0);
        }
    }
}
