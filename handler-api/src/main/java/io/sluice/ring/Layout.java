// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Little-endian fields of the ABI by offset, and the memory order of the fields that both sides touch. */
public final class Layout {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT_HANDLE = INT.varHandle();

    private Layout() {}

    public static int u8(MemorySegment region, long offset) {
        return region.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
    }

    public static int u16(MemorySegment region, long offset) {
        return region.get(SHORT, offset) & 0xFFFF;
    }

    public static int i32(MemorySegment region, long offset) {
        return region.get(INT, offset);
    }

    public static long u32(MemorySegment region, long offset) {
        return region.get(INT, offset) & 0xFFFF_FFFFL;
    }

    public static long i64(MemorySegment region, long offset) {
        return region.get(LONG, offset);
    }

    public static void put8(MemorySegment region, long offset, int value) {
        region.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    public static void put16(MemorySegment region, long offset, int value) {
        region.set(SHORT, offset, (short) value);
    }

    public static void put32(MemorySegment region, long offset, int value) {
        region.set(INT, offset, value);
    }

    public static void put64(MemorySegment region, long offset, long value) {
        region.set(LONG, offset, value);
    }

    static int loadAcquire(MemorySegment region, long offset) {
        return (int) INT_HANDLE.getAcquire(region, offset);
    }

    static void storeRelease(MemorySegment region, long offset, int value) {
        INT_HANDLE.setRelease(region, offset, value);
    }

    static int loadVolatile(MemorySegment region, long offset) {
        return (int) INT_HANDLE.getVolatile(region, offset);
    }

    static void storeVolatile(MemorySegment region, long offset, int value) {
        INT_HANDLE.setVolatile(region, offset, value);
    }

    static boolean compareAndSet(MemorySegment region, long offset, int expected, int value) {
        return INT_HANDLE.compareAndSet(region, offset, expected, value);
    }

    /** NUL-terminated UTF-8 in an array of {@code length} bytes. */
    public static String text(MemorySegment region, long offset, int length) {
        int end = 0;
        while (end < length && region.get(ValueLayout.JAVA_BYTE, offset + end) != 0) {
            end++;
        }
        byte[] bytes = region.asSlice(offset, end).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Writes text with its NUL and zeros up to the end of the array.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    public static void putText(MemorySegment region, long offset, int length, String what, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= length) {
            throw new IllegalArgumentException(what + " \"" + text + "\" has " + bytes.length
                    + " bytes; the gateway takes at most " + (length - 1) + ": shorten it");
        }
        region.asSlice(offset, length).fill((byte) 0);
        MemorySegment.copy(bytes, 0, region, ValueLayout.JAVA_BYTE, offset, bytes.length);
    }
}
