// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import org.jspecify.annotations.Nullable;

/**
 * What the commands share: the drive's state, the medium, the checks before it is touched, its zones, and its failures as sense
 * data. One thread at a time.
 */
final class DriveUnit {
    /** The most that the 24-bit length fields of READ BLOCK LIMITS, WRITE and the block descriptor can say. */
    static final int MAX_BLOCK_BYTES = 0xFF_FFFF;

    /** INFORMATION is not valid: see {@link #failed}. */
    static final long NO_INFORMATION = Long.MIN_VALUE;

    final DriveState state;
    final Zones zones = new Zones();
    final TapeAlerts alerts;
    final MediumMemory memory;
    private final StateFile file;
    private @Nullable Cartridge cartridge;
    private @Nullable Partition partition;
    private boolean writable;
    private boolean compression;

    /** Of the drive with that serial number. */
    DriveUnit(DriveState state, StateFile file, String serial) {
        this.state = state;
        this.file = file;
        this.alerts = new TapeAlerts(state);
        this.memory = new MediumMemory(state, serial);
    }

    // ---- the medium

    /** The cartridge that is mounted; null without. */
    @Nullable
    Cartridge cartridge() {
        return cartridge;
    }

    /**
     * A cartridge was mounted (or, with null, taken out).
     *
     * @param canWrite the drive can write this generation of media
     */
    void mounted(@Nullable Cartridge mounted, boolean canWrite) {
        writable = canWrite;
        cartridge = mounted;
        partition = mounted == null ? null : mounted.partition(0);
    }

    /** The partition that the drive stands on, if it is loaded. */
    @HotPath
    @Nullable
    Partition loaded() {
        return state.load == LoadState.LOADED ? partition : null;
    }

    /** The cartridge's switch, or a medium that the drive can only read. */
    @HotPath
    boolean isWriteProtected() {
        Cartridge there = cartridge;
        return there != null && (!writable || there.writeProtected());
    }

    /** Data Compression mode page: DCE, and an algorithm in the Device Configuration page. */
    @HotPath
    boolean compresses() {
        return compression;
    }

    void compress(boolean on) {
        compression = on;
    }

    /** The medium; null after having ended the command, because it is not accessible (SSC-5 4.2.3). */
    @HotPath
    @Nullable
    Partition ready(ScsiCommand command) {
        Partition there = loaded();
        if (there == null) {
            notReady(command);
        }
        return there;
    }

    /** The same for a command that writes: null also on a write protected medium. */
    @HotPath
    @Nullable
    Partition writable(ScsiCommand command) {
        Partition there = ready(command);
        return there == null || refusesWrites(command) ? null : there;
    }

    /** True after having ended the command, because the medium is write protected. */
    @HotPath
    boolean refusesWrites(ScsiCommand command) {
        if (!isWriteProtected()) {
            return false;
        }
        alerts.raise(TapeAlerts.WRITE_PROTECT);
        command.check(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
        return true;
    }

    private void notReady(ScsiCommand command) {
        switch (state.load) {
            case HELD ->
                command.check(SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED);
            case INCOMPATIBLE -> command.check(SenseKey.NOT_READY, AdditionalSense.INCOMPATIBLE_MEDIUM_INSTALLED);
            case UNREADABLE, LOADED -> command.check(SenseKey.MEDIUM_ERROR, AdditionalSense.MEDIUM_FORMAT_CORRUPTED);
            default -> command.check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        }
    }

    /** What a command is about to overwrite, or a medium that it changes, cannot be read again for a command before it. */
    @HotPath
    void replaces(long sequence) {
        state.replacedBy = sequence;
        file.replacing(sequence);
    }

    // ---- ends that several commands share

    /** EOM of a WRITE or WRITE FILEMARKS that wrote all, if it ended in a zone that says so; false if it did not (SSC-5 4.2.4). */
    @HotPath
    boolean warned(ScsiCommand command, Partition medium, long usedBefore, long bytes) {
        long used = medium.used(state.position);
        AdditionalSense warning;
        if (used >= zones.earlyWarning(medium)) {
            warning = AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED;
        } else if (zones.isProgrammed()
                && used >= zones.programmableEarlyWarning(medium)
                && usedBefore < zones.programmableEarlyWarning(medium)) {
            warning = AdditionalSense.PROGRAMMABLE_EARLY_WARNING_DETECTED;
        } else {
            return false;
        }
        command.sense(SenseKey.NO_SENSE, warning).endOfMedium().information(0);
        command.check(bytes);
        return true;
    }

    /** VOLUME OVERFLOW: something was not written because the medium is full; {@code left} of it. */
    static void overflow(ScsiCommand command, long left, long bytes) {
        command.sense(SenseKey.VOLUME_OVERFLOW, AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED)
                .endOfMedium()
                .information(left);
        command.check(bytes);
    }

    /**
     * Everything written is on the medium (SSC-5 4.2.10), or the command was ended.
     *
     * @param own objects from here on were written by this command itself: losing only those is no deferred error
     */
    @HotPath
    boolean synchronize(ScsiCommand command, Partition medium, long own) {
        long result = medium.sync();
        if (result == MediumResult.OK) {
            return true;
        }
        writeFailed(command, medium, result, own, NO_INFORMATION, 0);
        return false;
    }

    /**
     * Ends a command whose writing failed.
     *
     * @param own objects from here on were written by this command itself, see {@link #synchronize}
     * @param left INFORMATION: what was not written, if nothing else is lost
     */
    void writeFailed(ScsiCommand command, Partition medium, long result, long own, long left, long bytes) {
        long lost = 0;
        if (result == MediumResult.WRITES_LOST) {
            lost = Math.max(0, state.position - medium.objects());
            state.position -= lost;
            if (medium.objects() < own) {
                countWriteFailure();
                // SPC-5 4.4.7: the commands that wrote those ended GOOD, and this one has not been executed.
                command.sense(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR)
                        .deferred();
                command.check();
                return;
            }
        }
        endWriteFailed(command, result, left == NO_INFORMATION ? left : left + lost, bytes);
    }

    /** What is on the medium is about to change; false after having ended the command, because that cannot be recorded. */
    @HotPath
    boolean changes(ScsiCommand command, long left) {
        long result = memory.changing();
        if (result == MediumResult.OK) {
            return true;
        }
        endWriteFailed(command, result, left, 0);
        return false;
    }

    /** Ends a command of which nothing but what is kept with the cartridge failed. */
    void notKept(ScsiCommand command, long result) {
        endWriteFailed(command, result, NO_INFORMATION, 0);
    }

    private void endWriteFailed(ScsiCommand command, long result, long left, long bytes) {
        if (result == MediumResult.NO_SPACE) {
            overflow(command, left == NO_INFORMATION ? 0 : left, bytes);
            return;
        }
        countWriteFailure();
        if (result == MediumResult.WRITE_PROTECTED) {
            alerts.raise(TapeAlerts.WRITE_PROTECT);
            failed(command, SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED, left, bytes);
        } else if (result == MediumResult.INTERNAL) {
            command.internalFailure();
        } else {
            failed(command, SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR, left, bytes);
        }
    }

    private void countWriteFailure() {
        alerts.raise(TapeAlerts.HARD_ERROR);
        alerts.raise(TapeAlerts.WRITE_FAILURE);
        state.count(Counter.ERROR_PAGE_WRITE_FAILED, 1);
        state.count(Counter.WRITE_FAILED, 1);
        state.count(Counter.MOUNT_WRITE_FAILED, 1);
    }

    /** Ends a command whose reading failed, with {@code left} as INFORMATION. */
    void readFailed(ScsiCommand command, long result, long left, long bytes) {
        alerts.raise(TapeAlerts.HARD_ERROR);
        alerts.raise(TapeAlerts.READ_FAILURE);
        state.count(Counter.ERROR_PAGE_READ_FAILED, 1);
        state.count(Counter.READ_FAILED, 1);
        state.count(Counter.MOUNT_READ_FAILED, 1);
        if (result == MediumResult.INTERNAL) {
            command.internalFailure();
        } else {
            failed(command, SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR, left, bytes);
        }
    }

    private static void failed(
            ScsiCommand command, SenseKey key, AdditionalSense additional, long information, long bytes) {
        SenseData sense = command.sense(key, additional);
        if (information != NO_INFORMATION) {
            sense.information(information);
        }
        command.check(bytes);
    }

    /** Ends a command that came to the end of data with {@code left} still to do: without EOM, as drivers expect it. */
    @HotPath
    static void endOfData(ScsiCommand command, long left, long bytes) {
        command.sense(SenseKey.BLANK_CHECK, AdditionalSense.END_OF_DATA_DETECTED)
                .information(left);
        command.check(bytes);
    }

    /** Ends a command that came to a filemark with {@code left} still to do. */
    @HotPath
    static void filemark(ScsiCommand command, long left, long bytes) {
        command.sense(SenseKey.NO_SENSE, AdditionalSense.FILEMARK_DETECTED)
                .filemark()
                .information(left);
        command.check(bytes);
    }

    /** Ends a command that came to the beginning of the partition with {@code left} still to do. */
    static void beginning(ScsiCommand command, long left, long bytes) {
        command.sense(SenseKey.NO_SENSE, AdditionalSense.BEGINNING_OF_PARTITION_MEDIUM_DETECTED)
                .endOfMedium()
                .information(left);
        command.check(bytes);
    }
}
