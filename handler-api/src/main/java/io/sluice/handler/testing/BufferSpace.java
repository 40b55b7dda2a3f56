// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testing;

import java.util.Map;
import java.util.TreeMap;

/** First-fit allocation of the double's data pool, in pages. Not synchronized. */
final class BufferSpace {
    private static final int PAGE = 4096;

    private final TreeMap<Long, Long> free = new TreeMap<>();
    private final long size;

    BufferSpace(long size) {
        this.size = size;
        free.put(0L, size);
    }

    /** Offset, or -1 if there is no room now. */
    long allocate(long bytes) {
        long wanted = pages(bytes);
        if (wanted > size) {
            throw new IllegalArgumentException(
                    "a buffer of " + bytes + " bytes in a pool of " + size + ": make the double with a larger pool");
        }
        Map.Entry<Long, Long> hole = free.firstEntry();
        while (hole != null && hole.getValue() < wanted) {
            hole = free.higherEntry(hole.getKey());
        }
        if (hole == null) {
            return -1;
        }
        long offset = hole.getKey();
        free.remove(offset);
        if (hole.getValue() > wanted) {
            free.put(offset + wanted, hole.getValue() - wanted);
        }
        return offset;
    }

    void release(long offset, long bytes) {
        long start = offset;
        long length = pages(bytes);
        Long after = free.remove(start + length);
        if (after != null) {
            length += after;
        }
        Map.Entry<Long, Long> before = free.floorEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            start = before.getKey();
            length += before.getValue();
        }
        free.put(start, length);
    }

    private static long pages(long bytes) {
        return Math.max(PAGE, (bytes + PAGE - 1) / PAGE * PAGE);
    }
}
