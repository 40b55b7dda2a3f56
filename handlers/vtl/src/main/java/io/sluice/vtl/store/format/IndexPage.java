// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.handler.HotPath;
import java.lang.foreign.MemorySegment;

/**
 * 4096 bytes of an index: up to 252 objects behind one another, and the sums of all in front of them.
 *
 * <pre>
 *    0  magic "SLX1"     4  page, from 1      8  segment           12  objects in this page
 *   16  first object    24  filemarks in front
 *   32  used bytes in front                  40  host's bytes in front
 *   48  zero                                 60  CRC32C of bytes 0 to 59 and 64 to 4095
 *   64  entries of 16 bytes: position / 64, stored bytes, host's bytes (each 4), kind (1), zero (3)
 * </pre>
 */
public final class IndexPage {
    public static final int BYTES = 4096;
    /** Objects of a full page. */
    public static final int ENTRIES = 252;

    private static final int MAGIC = 0x31584C53;
    private static final int HEADER = 64;
    private static final int ENTRY = 16;

    private IndexPage() {}

    /** An empty page. */
    @HotPath
    public static void begin(MemorySegment s, long at, long page, int segment, Sums sums) {
        LittleEndian.zero(s, at, BYTES);
        LittleEndian.u32(s, at, MAGIC);
        LittleEndian.u32(s, at + 4, page);
        LittleEndian.u32(s, at + 8, segment);
        LittleEndian.u64(s, at + 16, sums.objects);
        LittleEndian.u64(s, at + 24, sums.marks);
        LittleEndian.u64(s, at + 32, sums.used);
        LittleEndian.u64(s, at + 40, sums.host);
    }

    @HotPath
    public static void add(MemorySegment s, long at, int kind, long position, long stored, long host) {
        int count = count(s, at);
        long entry = entry(at, count);
        LittleEndian.u32(s, entry, position / RecordHeader.BYTES);
        LittleEndian.u32(s, entry + 4, stored);
        LittleEndian.u32(s, entry + 8, host);
        LittleEndian.u32(s, entry + 12, kind);
        LittleEndian.u32(s, at + 12, count + 1);
    }

    /** Forgets all but the first {@code count} objects. */
    public static void cut(MemorySegment s, long at, int count) {
        int had = count(s, at);
        s.asSlice(entry(at, count), (long) ENTRY * (had - count)).fill((byte) 0);
        LittleEndian.u32(s, at + 12, count);
    }

    public static void seal(GrowingBuffer b, long at) {
        LittleEndian.u32(b.segment(), at + 60, b.crc(at, 60, at + HEADER, BYTES - HEADER));
    }

    @HotPath
    public static boolean valid(GrowingBuffer b, long at, long page, int segment) {
        MemorySegment s = b.segment();
        return LittleEndian.i32(s, at) == MAGIC
                && LittleEndian.u32(s, at + 4) == page
                && LittleEndian.i32(s, at + 8) == segment
                && count(s, at) <= ENTRIES
                && LittleEndian.i32(s, at + 60) == b.crc(at, 60, at + HEADER, BYTES - HEADER);
    }

    @HotPath
    public static int count(MemorySegment s, long at) {
        return LittleEndian.i32(s, at + 12);
    }

    @HotPath
    public static long firstObject(MemorySegment s, long at) {
        return LittleEndian.u64(s, at + 16);
    }

    @HotPath
    public static long marks(MemorySegment s, long at) {
        return LittleEndian.u64(s, at + 24);
    }

    /** Sums of all objects in front of the {@code index}th of the page. */
    @HotPath
    public static void sums(MemorySegment s, long at, int index, Sums into) {
        long marks = marks(s, at);
        long used = LittleEndian.u64(s, at + 32);
        long host = LittleEndian.u64(s, at + 40);
        for (int i = 0; i < index; i++) {
            if (kind(s, at, i) == RecordHeader.FILEMARKS) {
                marks++;
                used += RecordHeader.BYTES;
            } else {
                used += RecordHeader.recordBytes(stored(s, at, i));
                host += host(s, at, i);
            }
        }
        into.set(firstObject(s, at) + index, marks, used, host);
    }

    /** Which object of the page is its {@code mark}th filemark, counted from 0; the page's count if it has fewer. */
    @HotPath
    public static int filemark(MemorySegment s, long at, long mark) {
        int count = count(s, at);
        long seen = 0;
        for (int i = 0; i < count; i++) {
            if (kind(s, at, i) == RecordHeader.FILEMARKS && seen++ == mark) {
                return i;
            }
        }
        return count;
    }

    /** {@link RecordHeader#BLOCK} or {@link RecordHeader#FILEMARKS}. */
    @HotPath
    public static int kind(MemorySegment s, long at, int index) {
        return LittleEndian.u8(s, entry(at, index) + 12);
    }

    @HotPath
    public static long position(MemorySegment s, long at, int index) {
        return LittleEndian.u32(s, entry(at, index)) * RecordHeader.BYTES;
    }

    @HotPath
    public static long stored(MemorySegment s, long at, int index) {
        return LittleEndian.u32(s, entry(at, index) + 4);
    }

    @HotPath
    public static long host(MemorySegment s, long at, int index) {
        return LittleEndian.u32(s, entry(at, index) + 8);
    }

    private static long entry(long at, int index) {
        return at + HEADER + (long) ENTRY * index;
    }
}
