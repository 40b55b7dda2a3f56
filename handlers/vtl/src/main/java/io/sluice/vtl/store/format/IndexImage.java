// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.handler.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A segment's index in memory, page by page as it is stored. Threads: one at a time. */
public final class IndexImage {
    private final GrowingBuffer buffer;
    private final Sums before = new Sums();
    private final Sums end = new Sums();
    private int segment;

    public IndexImage(Arena arena) {
        this.buffer = new GrowingBuffer(arena, 2L * IndexPage.BYTES);
    }

    /** Empty, for another segment. */
    public void reset(int newSegment, Sums newBefore) {
        segment = newSegment;
        before.set(newBefore);
        end.set(newBefore);
    }

    /** The memory, for reading an index into it or storing it. */
    public GrowingBuffer buffer() {
        return buffer;
    }

    /** Takes over {@code objects} objects of the pages that were read into the buffer; false if any is damaged. */
    public boolean adopt(int newSegment, Sums newBefore, long objects, long have) {
        reset(newSegment, newBefore);
        long pages = (objects + IndexPage.ENTRIES - 1) / IndexPage.ENTRIES;
        if ((pages + 1) * IndexPage.BYTES > have) {
            return false;
        }
        MemorySegment s = buffer.segment();
        for (long page = 1; page <= pages; page++) {
            long at = page * IndexPage.BYTES;
            long first = newBefore.objects + (page - 1) * IndexPage.ENTRIES;
            long wanted = Math.min(IndexPage.ENTRIES, newBefore.objects + objects - first);
            if (!IndexPage.valid(buffer, at, page, segment)
                    || IndexPage.firstObject(s, at) != first
                    || IndexPage.count(s, at) < wanted) {
                reset(newSegment, newBefore);
                return false;
            }
            IndexPage.sums(s, at, (int) wanted, end);
        }
        cut(newBefore.objects + objects);
        return true;
    }

    /** Where the segment ends, and what lies in front of that. */
    @HotPath
    public Sums end() {
        return end;
    }

    /** What lies in front of the segment. */
    @HotPath
    public Sums before() {
        return before;
    }

    /** Objects. */
    @HotPath
    public long count() {
        return end.objects - before.objects;
    }

    @HotPath
    public void add(int kind, long position, long stored, long host) {
        long index = count();
        long page = index / IndexPage.ENTRIES + 1;
        long at = page * IndexPage.BYTES;
        if (index % IndexPage.ENTRIES == 0) {
            buffer.ensure(at + IndexPage.BYTES);
            IndexPage.begin(buffer.segment(), at, page, segment, end);
        }
        IndexPage.add(buffer.segment(), at, kind, position, stored, host);
        boolean mark = kind == RecordHeader.FILEMARKS;
        end.set(
                end.objects + 1,
                end.marks + (mark ? 1 : 0),
                end.used + RecordHeader.recordBytes(mark ? 0 : stored),
                end.host + (mark ? 0 : host));
    }

    /** Forgets {@code object} and all behind it. */
    public void cut(long object) {
        long index = object - before.objects;
        if (index <= 0) {
            end.set(before);
            return;
        }
        // The page of the last object that stays: so a page that becomes empty is begun anew.
        long at = pageAt(object - 1);
        int keep = (int) ((index - 1) % IndexPage.ENTRIES) + 1;
        IndexPage.cut(buffer.segment(), at, keep);
        IndexPage.sums(buffer.segment(), at, keep, end);
    }

    /** Where the page of an object begins in the buffer. */
    @HotPath
    public long pageAt(long object) {
        return ((object - before.objects) / IndexPage.ENTRIES + 1) * IndexPage.BYTES;
    }

    /** Where the object's record begins in the segment. */
    @HotPath
    public long position(long object) {
        return IndexPage.position(
                buffer.segment(), pageAt(object), (int) ((object - before.objects) % IndexPage.ENTRIES));
    }

    /** Makes the buffer's first bytes the index to store, and says how many they are. */
    public long seal(Checkpoint checkpoint) {
        long pages = (count() + IndexPage.ENTRIES - 1) / IndexPage.ENTRIES;
        checkpoint.put(buffer);
        for (long page = 1; page <= pages; page++) {
            IndexPage.seal(buffer, page * IndexPage.BYTES);
        }
        return (pages + 1) * IndexPage.BYTES;
    }
}
