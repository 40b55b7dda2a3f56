// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.handler.HotPath;
import io.sluice.vtl.store.format.Sums;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Which segments a partition consists of: each has the objects from its first one up to the next segment's first; the last is open.
 * What is not named here is not part of the cartridge, whatever it contains.
 *
 * <pre>
 *   content of the record:  next segment number (4), segments (4), then for each
 *     0  segment (4), zero (4)     8  first object     16  filemarks, 24 used bytes, 32 host's bytes in front
 *    40  end: bytes of the segment that count, 0 if it is open
 * </pre>
 */
record SegmentTable(int next, List<Segment> segments) {
    private static final int HEAD = 8;
    private static final int ENTRY = 48;

    /** One segment. */
    record Segment(int number, long first, long marks, long used, long host, long end) {
        Sums before() {
            Sums sums = new Sums();
            sums.set(first, marks, used, host);
            return sums;
        }

        Segment sealed(long atEnd) {
            return new Segment(number, first, marks, used, host, atEnd);
        }

        static Segment open(int number, Sums before) {
            return new Segment(number, before.objects, before.marks, before.used, before.host, 0);
        }
    }

    SegmentTable {
        segments = List.copyOf(segments);
    }

    static SegmentTable first() {
        return new SegmentTable(2, List.of(Segment.open(1, new Sums())));
    }

    Segment open() {
        return segments.getLast();
    }

    @HotPath
    Segment get(int index) {
        return segments.get(index);
    }

    @HotPath
    int size() {
        return segments.size();
    }

    /** Objects in front of the segment that follows. */
    @HotPath
    long limit(int index, long objects) {
        return index + 1 < segments.size() ? segments.get(index + 1).first() : objects;
    }

    /** Which segment has the object; the last one for all behind. */
    @HotPath
    int find(long object) {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).first() <= object) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Which segment has the filemark. */
    @HotPath
    int findMark(long mark) {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).marks() <= mark) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The first {@code index + 1} segments, the last of them ending at {@code end}, and a new one behind; without it if it is empty. */
    SegmentTable followed(int index, long end, Sums before) {
        List<Segment> all = new ArrayList<>(segments.subList(0, index + 1));
        Segment last = all.removeLast();
        if (last.first() < before.objects) {
            all.add(last.sealed(end));
        }
        all.add(Segment.open(next, before));
        return new SegmentTable(next + 1, all);
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(HEAD + ENTRY * segments.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(next)
                .putInt(segments.size());
        for (Segment s : segments) {
            out.putInt(s.number()).putInt(0).putLong(s.first()).putLong(s.marks());
            out.putLong(s.used()).putLong(s.host()).putLong(s.end());
        }
        return out.array();
    }

    static SegmentTable decode(byte[] content, String what) throws IOException {
        try {
            ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
            int next = in.getInt();
            int count = in.getInt();
            List<Segment> segments = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int number = in.getInt();
                in.getInt();
                segments.add(new Segment(number, in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong()));
            }
            if (segments.isEmpty()) {
                throw new IOException(what + " names no segment: restore it from a copy of the cartridge");
            }
            return new SegmentTable(next, segments);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException(what + " ends too early: restore it from a copy of the cartridge", e);
        }
    }
}
