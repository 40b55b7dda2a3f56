// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.handler.HotPath;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;

/** Numbers as the format has them. */
final class LittleEndian {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong BIG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private LittleEndian() {}

    @HotPath
    static int u8(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    @HotPath
    static int u16(MemorySegment s, long at) {
        return s.get(U16, at) & 0xFFFF;
    }

    @HotPath
    static int i32(MemorySegment s, long at) {
        return s.get(U32, at);
    }

    @HotPath
    static long u32(MemorySegment s, long at) {
        return s.get(U32, at) & 0xFFFF_FFFFL;
    }

    @HotPath
    static long u64(MemorySegment s, long at) {
        return s.get(U64, at);
    }

    @HotPath
    static void u8(MemorySegment s, long at, int value) {
        s.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }

    @HotPath
    static void u16(MemorySegment s, long at, int value) {
        s.set(U16, at, (short) value);
    }

    @HotPath
    static void u32(MemorySegment s, long at, long value) {
        s.set(U32, at, (int) value);
    }

    @HotPath
    static void u64(MemorySegment s, long at, long value) {
        s.set(U64, at, value);
    }

    /** Zeros, a multiple of 8 bytes; makes no object. */
    @HotPath
    static void zero(MemorySegment s, long at, long bytes) {
        for (long i = at; i < at + bytes; i += Long.BYTES) {
            u64(s, i, 0);
        }
    }

    /** 16 bytes in the order in which a UUID is written (RFC 9562). */
    static UUID uuid(MemorySegment s, long at) {
        return new UUID(s.get(BIG, at), s.get(BIG, at + 8));
    }

    static void uuid(MemorySegment s, long at, UUID value) {
        s.set(BIG, at, value.getMostSignificantBits());
        s.set(BIG, at + 8, value.getLeastSignificantBits());
    }
}
