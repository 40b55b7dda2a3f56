// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.Outcome;
import io.sluice.vdisk.store.Scratch;
import java.lang.foreign.MemorySegment;

/** VERIFY (SBC-4 5.36 ff.) and WRITE AND VERIFY (SBC-4 5.45 ff.) with 10, 12 and 16 byte CDBs: they really read the medium. */
final class VerifyCommands {
    /** BYTCHK values (SBC-4 table 121). */
    private static final int MEDIUM_ONLY = 0;

    private static final int WHOLE_DATA = 1;
    private static final int RESERVED = 2;
    private static final int SINGLE_BLOCK = 3;

    private final LogicalUnit unit;

    VerifyCommands(LogicalUnit unit) {
        this.unit = unit;
    }

    void verify(ScsiCommand command) {
        long lba = BlockCdb.lba(command);
        long blocks = BlockCdb.blocks(command);
        int byteCheck = byteCheck(command);
        if (byteCheck == RESERVED) {
            command.invalidField(1, 2);
            return;
        }
        if (!unit.isUnprotected(command)
                || !unit.isReady(command)
                || !unit.isInRange(command, lba, blocks)
                || !unit.isTransferable(command, blocks)) {
            return;
        }
        long bytes = blocks << unit.blockShift;
        long offset = lba << unit.blockShift;
        switch (byteCheck) {
            case WHOLE_DATA -> {
                if (compare(command, offset, unit.wholeBlocksSent(command, bytes), Integer.MAX_VALUE)) {
                    command.taken(bytes);
                }
            }
            case SINGLE_BLOCK -> {
                long called = blocks == 0 ? 0 : unit.blockSize;
                boolean sent = unit.wholeBlocksSent(command, called) == called;
                if (!sent || compare(command, offset, (int) bytes, unit.blockSize)) {
                    command.taken(called);
                }
            }
            default -> {
                if (compare(command, offset, (int) bytes, 0)) {
                    command.good(0);
                }
            }
        }
    }

    void writeAndVerify(ScsiCommand command) {
        long lba = BlockCdb.lba(command);
        long blocks = BlockCdb.blocks(command);
        int byteCheck = byteCheck(command);
        if (byteCheck > WHOLE_DATA) {
            command.invalidField(1, 2);
            return;
        }
        if (!unit.isUnprotected(command)
                || !unit.isWritable(command)
                || !unit.isInRange(command, lba, blocks)
                || !unit.isTransferable(command, blocks)) {
            return;
        }
        long bytes = blocks << unit.blockShift;
        long offset = lba << unit.blockShift;
        int length = unit.wholeBlocksSent(command, bytes);
        if (length > 0) {
            // What is to be verified is the medium, so the data has to be there first.
            long outcome = unit.store.write(offset, command.pool(), command.dataOffset(), length, true);
            if (!Outcome.isOk(outcome)) {
                unit.writeFailed(command, outcome, offset);
                return;
            }
            if (!compare(command, offset, length, byteCheck == MEDIUM_ONLY ? 0 : Integer.MAX_VALUE)) {
                return;
            }
        }
        command.taken(bytes);
    }

    private static int byteCheck(ScsiCommand command) {
        return (command.cdb8(1) >> 1) & 3;
    }

    /**
     * Reads {@code length} bytes from the medium and compares them with Data-Out, of which {@code period} bytes are used again
     * and again; 0 compares nothing. False after having ended the command with an error.
     */
    private boolean compare(ScsiCommand command, long offset, int length, int period) {
        MemorySegment scratch = Scratch.buffer();
        for (int done = 0; done < length; ) {
            int n = Math.min(Scratch.BYTES, length - done);
            long outcome = unit.store.readMedium(offset + done, scratch, 0, n);
            if (!Outcome.isOk(outcome)) {
                unit.readFailed(command, Outcome.after(done, outcome), offset);
                return false;
            }
            long mismatch = period == 0 ? -1 : mismatch(command, scratch, done, n, period);
            if (mismatch >= 0) {
                command.sense(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION)
                        .information(mismatch);
                command.check();
                return false;
            }
            done += n;
        }
        return true;
    }

    /** The offset in Data-Out of the first byte that differs from {@code n} bytes in {@code scratch}, or -1. */
    private static long mismatch(ScsiCommand command, MemorySegment scratch, int done, int n, int period) {
        MemorySegment pool = command.pool();
        for (int at = 0; at < n; ) {
            int from = (done + at) % period;
            int piece = Math.min(n - at, period - from);
            long data = command.dataOffset() + from;
            long found = MemorySegment.mismatch(scratch, at, at + piece, pool, data, data + piece);
            if (found >= 0) {
                return from + found;
            }
            at += piece;
        }
        return -1;
    }
}
