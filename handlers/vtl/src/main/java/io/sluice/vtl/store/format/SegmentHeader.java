// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/**
 * The first 4096 bytes of a segment.
 *
 * <pre>
 *    0  magic "SLUICESG"                      8  version      12  incompatible    16  compatible features
 *   20  partition        24  cartridge (16)  40  segment      44  epoch           48  first epoch of the mount
 *   52  zero             56  mount (16)      72  first object 80  filemarks, 88 used, 96 host's bytes in front
 *  104  zero                                                4092  CRC32C of bytes 0 to 4091
 * </pre>
 *
 * @param before what lies in front of the segment
 */
public record SegmentHeader(UUID cartridge, int partition, int segment, Mount mount, Sums before) {
    public static final int BYTES = 4096;

    private static final long MAGIC = 0x4753454349554C53L;
    private static final int CRC = BYTES - 4;

    /** Puts it at the start of the buffer. */
    public void put(GrowingBuffer b) {
        b.ensure(BYTES);
        MemorySegment s = b.segment();
        s.asSlice(0, BYTES).fill((byte) 0);
        LittleEndian.u64(s, 0, MAGIC);
        LittleEndian.u32(s, 8, Features.VERSION);
        LittleEndian.u32(s, 20, partition);
        LittleEndian.uuid(s, 24, cartridge);
        LittleEndian.u32(s, 40, segment);
        LittleEndian.u32(s, 44, mount.epoch());
        LittleEndian.u32(s, 48, mount.first());
        LittleEndian.uuid(s, 56, mount.id());
        LittleEndian.u64(s, 72, before.objects);
        LittleEndian.u64(s, 80, before.marks);
        LittleEndian.u64(s, 88, before.used);
        LittleEndian.u64(s, 96, before.host);
        LittleEndian.u32(s, CRC, b.crc(0, CRC));
    }

    /** False if it is damaged. */
    public static boolean whole(GrowingBuffer b, long have) {
        MemorySegment s = b.segment();
        return have >= BYTES && LittleEndian.u64(s, 0) == MAGIC && LittleEndian.i32(s, CRC) == b.crc(0, CRC);
    }

    /** Takes it from the start of the buffer, where {@code have} bytes were read. */
    public static SegmentHeader get(GrowingBuffer b, long have, String what) throws IOException {
        MemorySegment s = b.segment();
        if (!whole(b, have)) {
            throw new IOException("the head of segment " + what
                    + " is damaged: restore the file, or set the write protect switch and see with sluice tape check what"
                    + " can still be read");
        }
        Features.check("segment " + what, LittleEndian.u32(s, 8), LittleEndian.u32(s, 12));
        Sums before = new Sums();
        before.set(LittleEndian.u64(s, 72), LittleEndian.u64(s, 80), LittleEndian.u64(s, 88), LittleEndian.u64(s, 96));
        Mount mount = new Mount(LittleEndian.i32(s, 44), LittleEndian.i32(s, 48), LittleEndian.uuid(s, 56));
        return new SegmentHeader(
                LittleEndian.uuid(s, 24), LittleEndian.i32(s, 20), LittleEndian.i32(s, 40), mount, before);
    }
}
