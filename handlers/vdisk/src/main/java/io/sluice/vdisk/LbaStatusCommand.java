// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.Extent;
import java.io.IOException;

/** GET LBA STATUS (SBC-4 5.8) from what the store has really allocated. */
final class LbaStatusCommand {
    private static final int HEADER = 8;
    private static final int DESCRIPTOR = 16;
    /** Bounds the work of one command; the initiator asks again from where the answer ends. */
    private static final int MAX_DESCRIPTORS = 256;

    private static final int MAPPED = 0;
    private static final int DEALLOCATED = 1;
    private static final long MAX_COUNT = 0xFFFF_FFFFL;

    private final LogicalUnit unit;

    LbaStatusCommand(LogicalUnit unit) {
        this.unit = unit;
    }

    /** One run of blocks in the same state. */
    private record Run(long lba, long blocks, int state) {}

    void getLbaStatus(ScsiCommand command) {
        long lba = command.cdb64(2);
        if (!unit.isReady(command) || !unit.isInRange(command, lba, 0)) {
            return;
        }
        long allocation = command.cdb32(10);
        int room = Math.clamp((allocation - HEADER) / DESCRIPTOR, 1, MAX_DESCRIPTORS);
        Run[] runs = new Run[room];
        int count = 0;
        try {
            long capacity = unit.capacity();
            for (long at = lba; at < capacity && count < room; count++) {
                Run run = runAt(at, capacity);
                runs[count] = run;
                at = run.lba() + run.blocks();
            }
        } catch (IOException e) {
            command.check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR);
            return;
        }
        ParameterWriter data = command.dataIn(allocation);
        data.u32(HEADER - 4 + count * DESCRIPTOR);
        data.u32(0);
        for (int i = 0; i < count; i++) {
            data.u64(runs[i].lba());
            data.u32(runs[i].blocks());
            data.u8(runs[i].state());
            data.zeros(3);
        }
        command.good(data);
    }

    /** A block counts as mapped when any of its bytes is allocated. */
    private Run runAt(long lba, long capacity) throws IOException {
        long end = Math.min(capacity, lba + MAX_COUNT);
        int state = stateOf(lba);
        long next = nextBoundary(lba, state);
        while (next < end && stateOf(next) == state) {
            next = nextBoundary(next, state);
        }
        return new Run(lba, Math.min(next, end) - lba, state);
    }

    private int stateOf(long lba) throws IOException {
        Extent extent = unit.store.extentAt(lba << unit.blockShift);
        boolean hole = !extent.allocated() && extent.end() >= (lba + 1) << unit.blockShift;
        return hole ? DEALLOCATED : MAPPED;
    }

    /** The first block after {@code lba} that may be in another state. */
    private long nextBoundary(long lba, int state) throws IOException {
        long end = unit.store.extentAt(lba << unit.blockShift).end();
        long boundary = state == MAPPED ? Math.ceilDiv(end, unit.blockSize) : end >> unit.blockShift;
        return Math.max(boundary, lba + 1);
    }
}
