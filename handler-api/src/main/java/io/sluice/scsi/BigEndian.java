// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Unaligned big-endian fields of CDBs and parameter data in a segment. Bounds are the segment's. No allocation. */
public final class BigEndian {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    public static int u8(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
    }

    public static int u16(MemorySegment segment, long offset) {
        return segment.get(SHORT, offset) & 0xFFFF;
    }

    public static int u24(MemorySegment segment, long offset) {
        return (u8(segment, offset) << 16) | u16(segment, offset + 1);
    }

    public static long u32(MemorySegment segment, long offset) {
        return segment.get(INT, offset) & 0xFFFF_FFFFL;
    }

    public static long u48(MemorySegment segment, long offset) {
        return ((long) u16(segment, offset) << 32) | u32(segment, offset + 2);
    }

    /** All 64 bits; read the result as unsigned. */
    public static long u64(MemorySegment segment, long offset) {
        return segment.get(LONG, offset);
    }

    public static void putU8(MemorySegment segment, long offset, int value) {
        segment.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    public static void putU16(MemorySegment segment, long offset, int value) {
        segment.set(SHORT, offset, (short) value);
    }

    public static void putU24(MemorySegment segment, long offset, int value) {
        putU8(segment, offset, value >>> 16);
        putU16(segment, offset + 1, value);
    }

    public static void putU32(MemorySegment segment, long offset, long value) {
        segment.set(INT, offset, (int) value);
    }

    public static void putU48(MemorySegment segment, long offset, long value) {
        putU16(segment, offset, (int) (value >>> 32));
        putU32(segment, offset + 2, value);
    }

    public static void putU64(MemorySegment segment, long offset, long value) {
        segment.set(LONG, offset, value);
    }
}
