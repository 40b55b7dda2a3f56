// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.handler.HotPath;

/** What lies in front of a place on a partition. */
public final class Sums {
    public long objects;
    public long marks;
    /** Bytes on the medium, with headers. */
    public long used;
    /** Bytes of blocks as the host wrote them. */
    public long host;

    @HotPath
    public void set(long newObjects, long newMarks, long newUsed, long newHost) {
        objects = newObjects;
        marks = newMarks;
        used = newUsed;
        host = newHost;
    }

    @HotPath
    public void set(Sums other) {
        set(other.objects, other.marks, other.used, other.host);
    }
}
