// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Page 0 of an index: how far the segment was on stable storage when the index was written, and what the index knows.
 *
 * <pre>
 *    0  magic "SLUICEIX"      8  version         12  incompatible    16  compatible features   20  partition
 *   24  cartridge (16)       40  segment         44  epoch           48  first epoch of the mount   52  zero
 *   56  mount (16)           72  end: bytes of the segment    80  objects of the segment
 *   88  zero                                   4092  CRC32C of bytes 0 to 4091
 * </pre>
 *
 * @param end bytes of the segment that are described and on stable storage
 * @param objects how many of the segment's objects the index has
 */
public record Checkpoint(UUID cartridge, int partition, int segment, Mount mount, long end, long objects) {
    private static final long MAGIC = 0x5849454349554C53L;
    private static final int CRC = IndexPage.BYTES - 4;

    public void put(GrowingBuffer b) {
        MemorySegment s = b.segment();
        s.asSlice(0, IndexPage.BYTES).fill((byte) 0);
        LittleEndian.u64(s, 0, MAGIC);
        LittleEndian.u32(s, 8, Features.VERSION);
        LittleEndian.u32(s, 20, partition);
        LittleEndian.uuid(s, 24, cartridge);
        LittleEndian.u32(s, 40, segment);
        LittleEndian.u32(s, 44, mount.epoch());
        LittleEndian.u32(s, 48, mount.first());
        LittleEndian.uuid(s, 56, mount.id());
        LittleEndian.u64(s, 72, end);
        LittleEndian.u64(s, 80, objects);
        LittleEndian.u32(s, CRC, b.crc(0, CRC));
    }

    /** What page 0 says, or null if it is damaged: then the segment itself tells. */
    public static @Nullable Checkpoint get(GrowingBuffer b, String what) throws IOException {
        MemorySegment s = b.segment();
        if (LittleEndian.u64(s, 0) != MAGIC || LittleEndian.i32(s, CRC) != b.crc(0, CRC)) {
            return null;
        }
        Features.check("index " + what, LittleEndian.u32(s, 8), LittleEndian.u32(s, 12));
        Mount mount = new Mount(LittleEndian.i32(s, 44), LittleEndian.i32(s, 48), LittleEndian.uuid(s, 56));
        return new Checkpoint(
                LittleEndian.uuid(s, 24),
                LittleEndian.i32(s, 20),
                LittleEndian.i32(s, 40),
                mount,
                LittleEndian.u64(s, 72),
                LittleEndian.u64(s, 80));
    }
}
