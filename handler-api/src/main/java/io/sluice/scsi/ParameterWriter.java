// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes parameter data field after field, big-endian, into a window of a segment, and cuts it off at the window's end
 * as an allocation length asks (SPC-5 4.2.5.6): what lies beyond is counted by {@link #position()} but not written.
 * So the same code that writes a page also computes its full length.
 *
 * <p>A writer is reused with {@link #window}; it allocates nothing. Not for two threads at once.
 */
public final class ParameterWriter {
    private MemorySegment segment = MemorySegment.NULL;
    private long base;
    private long limit;
    private long allocationLength;
    private long position;

    /** A writer without a window: it only counts. */
    public ParameterWriter() {}

    /** Starts anew at {@code base} of {@code segment}, with room for {@code limit} bytes, all of which may be transferred. */
    public ParameterWriter window(MemorySegment segment, long base, long limit) {
        return window(segment, base, limit, limit);
    }

    /**
     * The same for a buffer of {@code room} bytes that may be shorter than the CDB's allocation length: what does not fit is not
     * written, but belongs to the transfer, and the initiator learns of it as a residual overflow.
     */
    public ParameterWriter window(MemorySegment segment, long base, long room, long allocationLength) {
        this.segment = segment;
        this.base = base;
        this.limit = Math.min(room, allocationLength);
        this.allocationLength = allocationLength;
        this.position = 0;
        return this;
    }

    /** Bytes that the data has so far, written or cut off. */
    public long position() {
        return position;
    }

    /** What the CDB called for: all data, or as much as the allocation length admits. */
    public long transferLength() {
        return Math.min(position, allocationLength);
    }

    public ParameterWriter u8(int value) {
        putAt(position++, value);
        return this;
    }

    public ParameterWriter u16(int value) {
        if (position + 2 <= limit) {
            BigEndian.putU16(segment, base + position, value);
            position += 2;
            return this;
        }
        return u8(value >>> 8).u8(value);
    }

    public ParameterWriter u24(int value) {
        return u8(value >>> 16).u16(value);
    }

    public ParameterWriter u32(long value) {
        if (position + 4 <= limit) {
            BigEndian.putU32(segment, base + position, value);
            position += 4;
            return this;
        }
        return u16((int) (value >>> 16)).u16((int) value);
    }

    public ParameterWriter u48(long value) {
        return u16((int) (value >>> 32)).u32(value);
    }

    public ParameterWriter u64(long value) {
        if (position + 8 <= limit) {
            BigEndian.putU64(segment, base + position, value);
            position += 8;
            return this;
        }
        return u32(value >>> 32).u32(value);
    }

    /** {@code count} zero bytes: reserved fields. */
    public ParameterWriter zeros(long count) {
        long room = Math.min(count, limit - position);
        for (long i = 0; i < room; i++) {
            segment.set(ValueLayout.JAVA_BYTE, base + position + i, (byte) 0);
        }
        position += count;
        return this;
    }

    public ParameterWriter bytes(byte[] bytes) {
        return bytes(bytes, 0, bytes.length);
    }

    public ParameterWriter bytes(byte[] bytes, int from, int count) {
        int room = Math.clamp(limit - position, 0, count);
        if (room > 0) {
            MemorySegment.copy(bytes, from, segment, ValueLayout.JAVA_BYTE, base + position, room);
        }
        position += count;
        return this;
    }

    /** ASCII text, left-aligned and padded with spaces to {@code width} (SPC-5 4.3.1); cut when longer. */
    public ParameterWriter ascii(String text, int width) {
        for (int i = 0; i < width; i++) {
            u8(i < text.length() ? text.charAt(i) & 0x7F : ' ');
        }
        return this;
    }

    /** Writes one byte at an earlier place, such as a length known only at the end; {@code at} counts from the start. */
    public ParameterWriter patchU8(long at, int value) {
        putAt(at, value);
        return this;
    }

    public ParameterWriter patchU16(long at, int value) {
        putAt(at, value >>> 8);
        putAt(at + 1, value);
        return this;
    }

    public ParameterWriter patchU32(long at, long value) {
        patchU16(at, (int) (value >>> 16));
        patchU16(at + 2, (int) value);
        return this;
    }

    private void putAt(long at, int value) {
        if (at < limit) {
            segment.set(ValueLayout.JAVA_BYTE, base + at, (byte) value);
        }
    }
}
