// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.handler.HotPath;
import java.lang.foreign.MemorySegment;

/**
 * The 64 bytes in front of each record of a segment.
 *
 * <pre>
 *    0  magic "SLR1"        4  type   5  encoding   6  extra, zero
 *    8  object
 *   16  sequence
 *   24  durable: bytes of this segment that were on stable storage before this record was written
 *   32  bytes for the host, or filemarks           36  stored bytes behind the header
 *   40  CRC32C of the stored bytes                 44  CRC32C of the host's bytes
 *   48  epoch                                      52  segment
 *   56  position of this header / 64               60  CRC32C of bytes 0 to 59
 * </pre>
 *
 * The stored bytes follow, then zeros up to a multiple of 64.
 */
public final class RecordHeader {
    /** Bytes; everything in a segment begins at a multiple. */
    public static final int BYTES = 64;
    /** A logical block. */
    public static final int BLOCK = 1;
    /** One filemark or several behind one another. */
    public static final int FILEMARKS = 2;
    /** {@code object} is the end of data from here on. */
    public static final int TRUNCATE = 3;
    /** Nothing: the next record begins where its stored bytes end. */
    public static final int PAD = 4;
    /** What follows was written during this mount. */
    public static final int MOUNT = 5;
    /** From here on a type is skipped by who does not know it; below, what has it is refused. */
    public static final int FIRST_IGNORABLE = 128;
    /** Stored as the host wrote it. */
    public static final int RAW = 0;
    /** One Zstandard frame (RFC 8878). */
    public static final int ZSTD = 1;

    private static final int MAGIC = 0x31524C53;

    private RecordHeader() {}

    /** Bytes of a record with so many stored bytes. */
    @HotPath
    public static long recordBytes(long stored) {
        return BYTES + ((stored + BYTES - 1) & -BYTES);
    }

    /** Writes all but {@link #describe} and {@link #seal} into zeroed or old bytes at {@code at}. */
    @HotPath
    public static void begin(MemorySegment s, long at, int type, long object, long sequence) {
        LittleEndian.u32(s, at, MAGIC);
        LittleEndian.u8(s, at + 4, type);
        LittleEndian.u8(s, at + 5, RAW);
        LittleEndian.u16(s, at + 6, 0);
        LittleEndian.u64(s, at + 8, object);
        LittleEndian.u64(s, at + 16, sequence);
        describe(s, at, RAW, 0, 0);
        checksums(s, at, 0, 0);
    }

    /** What the record holds. */
    @HotPath
    public static void describe(MemorySegment s, long at, int encoding, long hostBytes, long storedBytes) {
        LittleEndian.u8(s, at + 5, encoding);
        LittleEndian.u32(s, at + 32, hostBytes);
        LittleEndian.u32(s, at + 36, storedBytes);
    }

    /** A whole pad of {@code bytes}, a multiple of 64. */
    @HotPath
    public static void pad(MemorySegment s, long at, long bytes) {
        LittleEndian.zero(s, at, bytes);
        begin(s, at, PAD, 0, 0);
        describe(s, at, RAW, 0, bytes - BYTES);
    }

    /** CRC32C of what is stored and of what the host wrote. */
    @HotPath
    public static void checksums(MemorySegment s, long at, int storedCrc, int hostCrc) {
        LittleEndian.u32(s, at + 40, storedCrc);
        LittleEndian.u32(s, at + 44, hostCrc);
    }

    /** Where it will lie, and the header's checksum: last of all. */
    @HotPath
    public static void seal(GrowingBuffer b, long at, int epoch, int segment, long position, long durable) {
        MemorySegment s = b.segment();
        LittleEndian.u64(s, at + 24, durable);
        LittleEndian.u32(s, at + 48, epoch);
        LittleEndian.u32(s, at + 52, segment);
        LittleEndian.u32(s, at + 56, position / BYTES);
        LittleEndian.u32(s, at + 60, b.crc(at, 60));
    }

    /** True if whole, and written for this place. */
    @HotPath
    public static boolean valid(GrowingBuffer b, long at, int segment, long position) {
        MemorySegment s = b.segment();
        return looksLike(s, at)
                && LittleEndian.i32(s, at + 52) == segment
                && LittleEndian.u32(s, at + 56) == position / BYTES
                && LittleEndian.i32(s, at + 60) == b.crc(at, 60);
    }

    @HotPath
    static boolean looksLike(MemorySegment s, long at) {
        return LittleEndian.i32(s, at) == MAGIC;
    }

    @HotPath
    public static int type(MemorySegment s, long at) {
        return LittleEndian.u8(s, at + 4);
    }

    @HotPath
    public static int encoding(MemorySegment s, long at) {
        return LittleEndian.u8(s, at + 5);
    }

    /** Not zero in what this version does not know. */
    @HotPath
    public static int extra(MemorySegment s, long at) {
        return LittleEndian.u16(s, at + 6);
    }

    @HotPath
    public static long object(MemorySegment s, long at) {
        return LittleEndian.u64(s, at + 8);
    }

    @HotPath
    public static long sequence(MemorySegment s, long at) {
        return LittleEndian.u64(s, at + 16);
    }

    @HotPath
    public static long durable(MemorySegment s, long at) {
        return LittleEndian.u64(s, at + 24);
    }

    /** Bytes of a block, or how many filemarks. */
    @HotPath
    public static long hostBytes(MemorySegment s, long at) {
        return LittleEndian.u32(s, at + 32);
    }

    @HotPath
    public static long storedBytes(MemorySegment s, long at) {
        return LittleEndian.u32(s, at + 36);
    }

    @HotPath
    public static int storedCrc(MemorySegment s, long at) {
        return LittleEndian.i32(s, at + 40);
    }

    @HotPath
    public static int hostCrc(MemorySegment s, long at) {
        return LittleEndian.i32(s, at + 44);
    }

    @HotPath
    public static int epoch(MemorySegment s, long at) {
        return LittleEndian.i32(s, at + 48);
    }
}
