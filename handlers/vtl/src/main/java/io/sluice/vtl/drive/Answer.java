// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;

/** How a command ended and where the drive was before it: enough to give the same answer again. Mutable and reused. */
final class Answer {
    static final int GOOD = 0;
    static final int CHECK = 2;

    private static final int DEFERRED = 1;
    private static final int FILEMARK = 2;
    private static final int END_OF_MEDIUM = 4;
    private static final int INCORRECT_LENGTH = 8;
    private static final int INFORMATION = 16;
    private static final int KEY_SPECIFIC_VALID = 0x80_0000;

    long sequence;
    long positionBefore;
    long alertsBefore;
    LoadState loadBefore = LoadState.EMPTY;
    int status;
    long information;
    long bytes;
    /** Flags, sense key, additional sense code: {@code flags << 32 | key << 16 | asc << 8 | ascq}. */
    long sense;

    long keySpecific;

    /** Remembers the sense data of a CHECK CONDITION. */
    @HotPath
    void take(SenseData from) {
        int flags = (from.isDeferred() ? DEFERRED : 0)
                | (from.isFilemark() ? FILEMARK : 0)
                | (from.isEndOfMedium() ? END_OF_MEDIUM : 0)
                | (from.isIncorrectLength() ? INCORRECT_LENGTH : 0)
                | (from.hasInformation() ? INFORMATION : 0);
        sense = ((long) flags << 32)
                | ((long) from.key().code() << 16)
                | from.additional().code();
        information = from.information();
        keySpecific = from.keySpecific();
    }

    /** Ends a command the same way. */
    void give(ScsiCommand command) {
        if (status == GOOD) {
            command.good(bytes);
            return;
        }
        SenseData data = command.sense(
                SenseKey.of((int) (sense >> 16) & 0x0F),
                AdditionalSense.of((int) (sense >> 8) & 0xFF, (int) sense & 0xFF));
        int flags = (int) (sense >>> 32);
        if ((flags & DEFERRED) != 0) {
            data.deferred();
        }
        if ((flags & FILEMARK) != 0) {
            data.filemark();
        }
        if ((flags & END_OF_MEDIUM) != 0) {
            data.endOfMedium();
        }
        if ((flags & INCORRECT_LENGTH) != 0) {
            data.incorrectLength();
        }
        if ((flags & INFORMATION) != 0) {
            data.information(information);
        }
        if ((keySpecific & KEY_SPECIFIC_VALID) != 0) {
            int first = (int) (keySpecific >> 16);
            boolean inCdb = (first & 0x40) != 0;
            data.fieldPointer(inCdb, (int) keySpecific & 0xFFFF, (first & 0x08) != 0 ? first & 7 : -1);
        }
        command.check(bytes);
    }
}
