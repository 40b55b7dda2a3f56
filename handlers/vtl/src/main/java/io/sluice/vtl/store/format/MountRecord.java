// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import java.lang.foreign.MemorySegment;

/** The stored bytes of a {@link RecordHeader#MOUNT}: the mount's name (16), its first epoch (4), zero (12). The epoch is the header's. */
public final class MountRecord {
    public static final int STORED = 32;

    private MountRecord() {}

    public static void put(GrowingBuffer b, long at, Mount mount) {
        MemorySegment s = b.segment();
        long body = at + RecordHeader.BYTES;
        s.asSlice(body, RecordHeader.BYTES).fill((byte) 0);
        LittleEndian.uuid(s, body, mount.id());
        LittleEndian.u32(s, body + 16, mount.first());
        RecordHeader.begin(s, at, RecordHeader.MOUNT, 0, 0);
        RecordHeader.describe(s, at, RecordHeader.RAW, STORED, STORED);
        int crc = b.crc(body, STORED);
        RecordHeader.checksums(s, at, crc, crc);
    }

    public static Mount get(MemorySegment s, long at) {
        long body = at + RecordHeader.BYTES;
        return new Mount(RecordHeader.epoch(s, at), LittleEndian.i32(s, body + 16), LittleEndian.uuid(s, body));
    }
}
