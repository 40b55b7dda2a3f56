// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.handler.HotPath;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.format.IndexPage;
import io.sluice.vtl.store.format.Sums;
import io.sluice.vtl.store.storage.StorageObject;
import java.lang.foreign.MemorySegment;

/** Finds objects of a partition, in its open segment and in the sealed ones. Threads: one at a time. */
final class ObjectIndex {
    private final SealedSegments sealed;
    private final OpenSegment open;
    private SegmentTable table;

    /** What the last lookup found: a page, the object's place in it, and the segment's data. */
    private MemorySegment page;

    private long pageAt;
    private int slot;
    private StorageObject data;
    private int segment;

    ObjectIndex(SegmentTable table, OpenSegment open, SealedSegments sealed) {
        this.table = table;
        this.open = open;
        this.sealed = sealed;
        this.page = open.buffer.segment();
        this.data = open.log;
    }

    SegmentTable table() {
        return table;
    }

    void table(SegmentTable newTable) {
        table = newTable;
    }

    /** Looks an object up that is there. {@link MediumResult#OK}, or {@link MediumResult#DAMAGED}. */
    @HotPath
    long find(long object) {
        return load(table.find(object), object);
    }

    /** True if {@link #find} and {@link #sums} of an object, or of the end of data, will find in memory what they look for. */
    @HotPath
    boolean isAtHand(long object) {
        int index = table.find(object);
        if (index == table.size() - 1) {
            return true;
        }
        SealedSegment found = sealed.ifOpen(table.get(index));
        return found != null && found.isLoaded(object);
    }

    @HotPath
    private long load(int index, long object) {
        SegmentTable.Segment wanted = table.get(index);
        segment = wanted.number();
        slot = (int) ((object - wanted.first()) % IndexPage.ENTRIES);
        if (index == table.size() - 1) {
            page = open.image.buffer().segment();
            pageAt = open.image.pageAt(object);
            data = open.log;
            return MediumResult.OK;
        }
        SealedSegment found = sealed.get(wanted);
        if (found == null || !found.load(object)) {
            return MediumResult.DAMAGED;
        }
        page = found.memory();
        pageAt = found.pageAt(object);
        data = found.data();
        return MediumResult.OK;
    }

    /** What lies in front of an object, or of the end of data. */
    @HotPath
    long sums(long object, Sums into) {
        if (object >= open.image.end().objects) {
            into.set(open.image.end());
            return MediumResult.OK;
        }
        long result = find(object);
        if (result == MediumResult.OK) {
            IndexPage.sums(page, pageAt, slot, into);
        }
        return result;
    }

    /** The object that is the filemark, which must be there, or {@link MediumResult#DAMAGED}. */
    @HotPath
    long filemark(long mark) {
        int index = table.findMark(mark);
        long first = table.get(index).first();
        long low = 0;
        long high = (table.limit(index, open.image.end().objects) - first - 1) / IndexPage.ENTRIES;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (load(index, first + middle * IndexPage.ENTRIES) != MediumResult.OK) {
                return MediumResult.DAMAGED;
            }
            if (IndexPage.marks(page, pageAt) <= mark) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        if (load(index, first + low * IndexPage.ENTRIES) != MediumResult.OK) {
            return MediumResult.DAMAGED;
        }
        int found = IndexPage.filemark(page, pageAt, mark - IndexPage.marks(page, pageAt));
        return found == IndexPage.count(page, pageAt) ? MediumResult.DAMAGED : first + low * IndexPage.ENTRIES + found;
    }

    @HotPath
    int kind() {
        return IndexPage.kind(page, pageAt, slot);
    }

    @HotPath
    long host() {
        return IndexPage.host(page, pageAt, slot);
    }

    @HotPath
    long stored() {
        return IndexPage.stored(page, pageAt, slot);
    }

    @HotPath
    long position() {
        return IndexPage.position(page, pageAt, slot);
    }

    @HotPath
    StorageObject data() {
        return data;
    }

    @HotPath
    int segment() {
        return segment;
    }
}
