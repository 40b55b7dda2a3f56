// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.BlockStore;
import io.sluice.vdisk.store.Outcome;

/** What the commands share: the store seen as blocks, the checks before it is touched, and its failures as sense data. */
final class LogicalUnit {
    private static final int FUA = 0x08;
    private static final int PROTECT = 0xE0;

    final BlockStore store;
    final Medium medium;
    final CacheAndProtection modes;
    final ErrorCounters errors = new ErrorCounters();
    final int blockSize;
    final int blockShift;
    private final boolean readOnly;
    private final FailureLog failures;

    LogicalUnit(
            BlockStore store,
            Medium medium,
            CacheAndProtection modes,
            int blockSize,
            boolean readOnly,
            FailureLog failures) {
        this.failures = failures;
        this.store = store;
        this.medium = medium;
        this.modes = modes;
        this.blockSize = blockSize;
        this.blockShift = Integer.numberOfTrailingZeros(blockSize);
        this.readOnly = readOnly;
    }

    /** Blocks; changes when the store is resized. */
    @HotPath
    long capacity() {
        return store.size() >> blockShift;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    /** False after having ended the command: no medium. */
    @HotPath
    boolean isReady(ScsiCommand command) {
        if (medium.isLoaded()) {
            return true;
        }
        command.check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        return false;
    }

    /** False after having ended the command: no medium, or write protected (SBC-4 4.13). */
    @HotPath
    boolean isWritable(ScsiCommand command) {
        if (!isReady(command)) {
            return false;
        }
        if (readOnly) {
            command.check(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
            return false;
        }
        if (modes.isSoftwareWriteProtected()) {
            command.check(SenseKey.DATA_PROTECT, AdditionalSense.LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED);
            return false;
        }
        return true;
    }

    /** False after having ended the command: RDPROTECT, WRPROTECT or VRPROTECT without protection information (SBC-4 4.21). */
    @HotPath
    boolean isUnprotected(ScsiCommand command) {
        if ((BlockCdb.flags(command) & PROTECT) == 0) {
            return true;
        }
        command.invalidField(1, 7);
        return false;
    }

    /** False after having ended the command: some of the blocks, or the address itself, lie beyond the last block. */
    @HotPath
    boolean isInRange(ScsiCommand command, long lba, long blocks) {
        long capacity = capacity();
        // Both are unsigned 64 bits wide in a CDB, so their sum could overflow.
        if (lba >= 0 && lba < capacity && blocks <= capacity - lba) {
            return true;
        }
        outOfRange(command, lba, capacity);
        return false;
    }

    /** As {@link #isInRange}, but no blocks at all may be named just behind the last one (SBC-4 5.35.3: UNMAP). */
    boolean isInRangeOrEmptyAtEnd(ScsiCommand command, long lba, long blocks) {
        return (blocks == 0 && lba == capacity()) || isInRange(command, lba, blocks);
    }

    @HotPath
    private static void outOfRange(ScsiCommand command, long lba, long capacity) {
        long first = Long.compareUnsigned(lba, capacity) < 0 ? capacity : lba;
        command.sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE)
                .information(first);
        command.check();
    }

    /** False after having ended the command: more than MAXIMUM TRANSFER LENGTH. */
    @HotPath
    boolean isTransferable(ScsiCommand command, long blocks) {
        if (blocks << blockShift <= DiskConfig.MAX_TRANSFER_BYTES) {
            return true;
        }
        command.invalidField(BlockCdb.blocksByte(command));
        return false;
    }

    /** Whether GOOD for this write means that it is on the medium: FUA, or write-through. */
    @HotPath
    boolean isDurable(ScsiCommand command) {
        return (BlockCdb.flags(command) & FUA) != 0 || !modes.isWriteCacheEnabled();
    }

    /** Whether this read has to come from the medium: FUA, or the read cache disabled. */
    @HotPath
    boolean isFromMedium(ScsiCommand command) {
        return (BlockCdb.flags(command) & FUA) != 0 || modes.isReadCacheDisabled();
    }

    /**
     * Bytes of Data-Out to work with: all that the CDB calls for, or, when the initiator announced less, the whole blocks
     * among what it sent. The gateway reports the rest as residual overflow (RFC 7143 11.4.5.1).
     */
    @HotPath
    int wholeBlocksSent(ScsiCommand command, long bytes) {
        return (int) Math.min(bytes, command.dataOutLength() & -blockSize);
    }

    /** With the write cache disabled, flushes what was changed. False after having ended the command with its failure. */
    boolean isFlushedIfWriteThrough(ScsiCommand command) {
        long outcome = modes.isWriteCacheEnabled() ? Outcome.OK : store.flush();
        if (Outcome.isOk(outcome)) {
            return true;
        }
        flushFailed(command, outcome);
        return false;
    }

    /** Ends a command whose reading failed; {@code offset} is where it began, bytes. */
    void readFailed(ScsiCommand command, long outcome, long offset) {
        errors.readFailed();
        failed(command, outcome, offset, AdditionalSense.UNRECOVERED_READ_ERROR);
    }

    /** Ends a command whose writing failed; {@code offset} is where it began, bytes. */
    void writeFailed(ScsiCommand command, long outcome, long offset) {
        errors.writeFailed();
        failed(command, outcome, offset, AdditionalSense.WRITE_ERROR);
    }

    /** Ends a command whose flush failed: nobody knows which blocks it was. */
    void flushFailed(ScsiCommand command, long outcome) {
        errors.writeFailed();
        failures.failed(Outcome.failure(outcome), -1);
        switch (Outcome.failure(outcome)) {
            case NO_SPACE ->
                command.check(SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT);
            case INTERNAL -> command.internalFailure();
            default -> command.check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
        }
    }

    private void failed(ScsiCommand command, long outcome, long offset, AdditionalSense mediumError) {
        long at = offset + Outcome.bytesDone(outcome);
        failures.failed(Outcome.failure(outcome), at);
        long lba = at >> blockShift;
        switch (Outcome.failure(outcome)) {
            case MEDIUM -> end(command, SenseKey.MEDIUM_ERROR, mediumError, lba);
            case NO_SPACE ->
                end(command, SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT, lba);
            case WRITE_PROTECTED -> command.check(SenseKey.DATA_PROTECT, AdditionalSense.HARDWARE_WRITE_PROTECTED);
            case BEYOND_END -> {
                if (lba >= capacity()) {
                    outOfRange(command, lba, lba);
                } else {
                    // Somebody cut the file: these blocks are gone, and zeros would be a lie.
                    end(command, SenseKey.MEDIUM_ERROR, mediumError, lba);
                }
            }
            case WRITES_LOST -> command.check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
            case INTERNAL -> command.internalFailure();
        }
    }

    private static void end(ScsiCommand command, SenseKey key, AdditionalSense additional, long lba) {
        command.sense(key, additional).information(lba);
        command.check();
    }
}
