// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.vdisk.store.Outcome;

/** READ and WRITE with 6, 10, 12 and 16 byte CDBs (SBC-4 5.15 ff., 5.40 ff.): the data path. */
@HotPath
final class TransferCommands {
    private final LogicalUnit unit;

    TransferCommands(LogicalUnit unit) {
        this.unit = unit;
    }

    void read(ScsiCommand command) {
        long lba = BlockCdb.lba(command);
        long blocks = BlockCdb.blocks(command);
        if (!unit.isUnprotected(command)
                || !unit.isReady(command)
                || !unit.isInRange(command, lba, blocks)
                || !unit.isTransferable(command, blocks)) {
            return;
        }
        long bytes = blocks << unit.blockShift;
        // An initiator that expects less gets less; the gateway reports the residual from `bytes`.
        int length = (int) Math.min(bytes, command.bufferLength());
        if (length > 0) {
            long offset = lba << unit.blockShift;
            long outcome = unit.isFromMedium(command)
                    ? unit.store.readMedium(offset, command.pool(), command.dataOffset(), length)
                    : unit.store.read(offset, command.pool(), command.dataOffset(), length);
            if (!Outcome.isOk(outcome)) {
                unit.readFailed(command, outcome, offset);
                return;
            }
        }
        command.good(bytes);
    }

    void write(ScsiCommand command) {
        long lba = BlockCdb.lba(command);
        long blocks = BlockCdb.blocks(command);
        if (!unit.isUnprotected(command)
                || !unit.isWritable(command)
                || !unit.isInRange(command, lba, blocks)
                || !unit.isTransferable(command, blocks)) {
            return;
        }
        long bytes = blocks << unit.blockShift;
        int length = unit.wholeBlocksSent(command, bytes);
        if (length > 0) {
            long offset = lba << unit.blockShift;
            long outcome =
                    unit.store.write(offset, command.pool(), command.dataOffset(), length, unit.isDurable(command));
            if (!Outcome.isOk(outcome)) {
                unit.writeFailed(command, outcome, offset);
                return;
            }
        }
        command.taken(bytes);
    }
}
