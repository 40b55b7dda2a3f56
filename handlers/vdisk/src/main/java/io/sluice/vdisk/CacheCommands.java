// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ScsiStatus;
import io.sluice.vdisk.store.Outcome;
import io.sluice.vdisk.store.Scratch;

/** SYNCHRONIZE CACHE (SBC-4 5.33 f.) and PRE-FETCH (SBC-4 5.12 f.) with 10 and 16 byte CDBs. */
final class CacheCommands {
    private static final int IMMED = 1;

    private final LogicalUnit unit;

    CacheCommands(LogicalUnit unit) {
        this.unit = unit;
    }

    /**
     * Flushes everything, which covers the range. IMMED only permits to answer earlier; answering when it is done reports
     * errors to whom they concern instead of as deferred ones.
     */
    void synchronizeCache(ScsiCommand command) {
        long lba = BlockCdb.lba(command);
        if (!unit.isReady(command) || !unit.isInRange(command, lba, BlockCdb.blocks(command))) {
            return;
        }
        long outcome = unit.store.flush();
        if (Outcome.isOk(outcome)) {
            command.good();
        } else {
            unit.flushFailed(command, outcome);
        }
    }

    /**
     * CONDITION MET when all blocks are in the cache, or with IMMED have room there; GOOD when the cache is too small.
     */
    void preFetch(ScsiCommand command) {
        long lba = BlockCdb.lba(command);
        long blocks = BlockCdb.blocks(command);
        if (!unit.isReady(command) || !unit.isInRange(command, lba, blocks)) {
            return;
        }
        long offset = lba << unit.blockShift;
        long length = blocks == 0 ? unit.store.size() - offset : blocks << unit.blockShift;
        long cache = unit.store.traits().readCacheBytes();
        long fits = Math.min(length, cache);
        if (fits > 0) {
            unit.store.prefetch(offset, fits);
        }
        boolean waits = ((command.cdb8(1) >> 1) & IMMED) == 0;
        if (waits && fits > 0 && cache != Long.MAX_VALUE) {
            long outcome = readThrough(offset, fits);
            if (!Outcome.isOk(outcome)) {
                unit.readFailed(command, outcome, offset);
                return;
            }
        }
        command.end(length <= cache ? ScsiStatus.CONDITION_MET : ScsiStatus.GOOD);
    }

    private long readThrough(long offset, long length) {
        for (long done = 0; done < length; ) {
            int n = (int) Math.min(Scratch.BYTES, length - done);
            long outcome = unit.store.read(offset + done, Scratch.buffer(), 0, n);
            if (!Outcome.isOk(outcome)) {
                return Outcome.after(done, outcome);
            }
            done += n;
        }
        return Outcome.OK;
    }
}
