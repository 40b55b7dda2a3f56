// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;

/**
 * A small record that everything hangs on, stored twice behind one another, so that a damaged byte costs nothing.
 *
 * <pre>
 *    0  magic "SLUICERC"      8  kind            12  version     16  incompatible    20  compatible features
 *   24  cartridge (16)       40  content bytes   44  zero
 *   56  CRC32C of the content                    60  CRC32C of bytes 0 to 59
 *   64  content, then zeros up to a multiple of 64; and the same again
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; whoever makes one gives its bytes away
public record TwinRecord(int kind, UUID cartridge, byte[] content) {
    /** "LABL". */
    public static final int LABEL = 0x4C42414C;
    /** "SEGS". */
    public static final int SEGMENTS = 0x53474553;
    /** "MEMO". */
    public static final int MEMORY = 0x4F4D454D;

    private static final long MAGIC = 0x4352454349554C53L;
    private static final int HEADER = 64;

    /** Puts both copies into the buffer; returns their bytes. */
    public long put(GrowingBuffer b) {
        long copy = HEADER + ((content.length + 63L) & -64L);
        b.ensure(2 * copy);
        MemorySegment s = b.segment();
        s.asSlice(0, copy).fill((byte) 0);
        MemorySegment.copy(content, 0, s, ValueLayout.JAVA_BYTE, HEADER, content.length);
        LittleEndian.u64(s, 0, MAGIC);
        LittleEndian.u32(s, 8, kind);
        LittleEndian.u32(s, 12, Features.VERSION);
        LittleEndian.uuid(s, 24, cartridge);
        LittleEndian.u32(s, 40, content.length);
        LittleEndian.u32(s, 56, b.crc(HEADER, content.length));
        LittleEndian.u32(s, 60, b.crc(0, 60));
        MemorySegment.copy(s, 0, s, copy, copy);
        return 2 * copy;
    }

    /**
     * Takes the first copy of {@code have} bytes in the buffer that is whole.
     *
     * @throws IOException if neither is, or it is of a version that this one does not know
     */
    public static TwinRecord get(GrowingBuffer b, long have, int kind, String what) throws IOException {
        for (long at = 0; at <= have / 2; at += Math.max(have / 2, 1)) {
            if (whole(b, at, have / 2, kind)) {
                MemorySegment s = b.segment();
                Features.check(what, LittleEndian.u32(s, at + 12), LittleEndian.u32(s, at + 16));
                byte[] content =
                        s.asSlice(at + HEADER, LittleEndian.u32(s, at + 40)).toArray(ValueLayout.JAVA_BYTE);
                return new TwinRecord(kind, LittleEndian.uuid(s, at + 24), content);
            }
        }
        throw new IOException("both copies of " + what + " are damaged: restore the file from a copy of the cartridge");
    }

    private static boolean whole(GrowingBuffer b, long at, long bytes, int kind) {
        MemorySegment s = b.segment();
        return bytes >= HEADER
                && LittleEndian.u64(s, at) == MAGIC
                && LittleEndian.i32(s, at + 8) == kind
                && LittleEndian.i32(s, at + 60) == b.crc(at, 60)
                && LittleEndian.u32(s, at + 40) <= bytes - HEADER
                && LittleEndian.i32(s, at + 56) == b.crc(at + HEADER, LittleEndian.u32(s, at + 40));
    }

    /** A buffer for one record. */
    public static GrowingBuffer buffer(Arena arena) {
        return new GrowingBuffer(arena, IndexPage.BYTES);
    }
}
