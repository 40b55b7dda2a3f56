// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.handler.HotPath;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.storage.StorageSpace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much the storage has left for the open segment, and the room that is taken for it ahead: the more the longer it is, the less the
 * less there is, and what is not used is given back. Threads: one at a time.
 */
final class StorageRoom {
    private static final Logger LOG = LoggerFactory.getLogger(StorageRoom.class);
    /** Left for tables and indexes when blocks fill the storage. */
    private static final long KEPT = 32L << 20;
    /** The least that is taken ahead, and the part of all that is left. */
    private static final long LEAST = 32L << 20;

    private static final int PART = 16;

    private final StorageSpace space;
    private final OpenSegment open;
    private final long most;
    private long free;
    private long measuredEnd;
    private long takenEnd;
    private boolean taken;

    /** @param left true if a process that died may have left room taken behind the segment's end */
    StorageRoom(StorageSpace space, OpenSegment open, long most, boolean left) {
        this.space = space;
        this.open = open;
        this.most = most;
        this.taken = left;
        measure();
    }

    /** Bytes that can still be appended to the open segment, as far as is known. */
    @HotPath
    long bytes() {
        return free - Math.max(open.end - measuredEnd, 0) - KEPT;
    }

    /** True if {@link #take} has nothing to do. */
    @HotPath
    boolean isTaken(long bytes) {
        return open.end + bytes <= takenEnd;
    }

    /** Before so many bytes are appended. */
    @HotPath
    void take(long bytes) {
        if (!isTaken(bytes)) {
            takeMore(bytes);
        }
    }

    private void takeMore(long bytes) {
        measure();
        long step = Math.min(most, Math.max(open.end, LEAST)) + bytes;
        if (step <= bytes() / PART) {
            open.log.reserve(step);
            taken = true;
        }
        takenEnd = open.end + step;
    }

    private void measure() {
        free = space.freeBytes();
        measuredEnd = open.end;
    }

    /** The open segment grows no more for now. */
    void giveBack() {
        if (taken && open.log.truncate(open.end) != MediumResult.OK) {
            LOG.warn("{}: room that is not needed stays taken: {}", space.name(), open.log.failure());
        }
        taken = false;
        takenEnd = 0;
    }

    /** Another segment is the open one. */
    void follow() {
        taken = false;
        takenEnd = 0;
        measure();
    }
}
