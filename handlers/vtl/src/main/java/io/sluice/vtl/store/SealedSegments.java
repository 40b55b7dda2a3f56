// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.handler.HotPath;
import io.sluice.vtl.store.storage.StorageSpace;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sealed segments that were read lately. Threads: one at a time. */
final class SealedSegments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SealedSegments.class);
    private static final int KEPT = 16;

    private final StorageSpace space;
    private final int partition;
    private final UUID cartridge;
    private final boolean salvage;
    private final @Nullable SealedSegment[] kept = new SealedSegment[KEPT];
    private int next;

    SealedSegments(StorageSpace space, int partition, UUID cartridge, boolean salvage) {
        this.space = space;
        this.partition = partition;
        this.cartridge = cartridge;
        this.salvage = salvage;
    }

    /** The segment, opened; null if it cannot be: the log says why. */
    @HotPath
    @Nullable
    SealedSegment get(SegmentTable.Segment wanted) {
        SealedSegment there = ifOpen(wanted);
        return there == null ? open(wanted) : there;
    }

    /** The segment, if it is open. */
    @HotPath
    @Nullable
    SealedSegment ifOpen(SegmentTable.Segment wanted) {
        for (SealedSegment segment : kept) {
            if (segment != null && segment.number() == wanted.number()) {
                return segment;
            }
        }
        return null;
    }

    private @Nullable SealedSegment open(SegmentTable.Segment wanted) {
        try {
            SealedSegment opened = SealedSegment.open(space, partition, cartridge, wanted, salvage);
            SealedSegment old = kept[next];
            kept[next] = opened;
            next = (next + 1) % KEPT;
            if (old != null) {
                old.close();
            }
            return opened;
        } catch (IOException e) {
            LOG.error("{}: objects from {} on cannot be read: {}", space.name(), wanted.first(), e.getMessage());
            return null;
        }
    }

    /** Forgets all: the table changed. */
    void clear() throws IOException {
        for (int i = 0; i < KEPT; i++) {
            SealedSegment segment = kept[i];
            kept[i] = null;
            if (segment != null) {
                segment.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        clear();
    }
}
