// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.handler.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Native memory that is made larger when more is needed, so that in steady state nothing is made at all, and the checksum of what is
 * in it. Threads: one at a time.
 */
public final class GrowingBuffer {
    private final Arena arena;
    private final CRC32C crc = new CRC32C();
    private MemorySegment segment;
    private ByteBuffer bytes;

    /** Zeroed memory of the arena. */
    public GrowingBuffer(Arena arena, long capacity) {
        this.arena = arena;
        this.segment = arena.allocate(capacity, 64);
        this.bytes = segment.asByteBuffer();
    }

    /** All of it; another after {@link #ensure}. */
    @HotPath
    public MemorySegment segment() {
        return segment;
    }

    /** The same memory. */
    @HotPath
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Makes it at least so large; its content stays, and what is new is zero. */
    @HotPath
    public void ensure(long capacity) {
        if (capacity > segment.byteSize()) {
            grow(capacity);
        }
    }

    private void grow(long capacity) {
        MemorySegment larger = arena.allocate(Math.max(capacity, segment.byteSize() * 2), 64);
        larger.copyFrom(segment);
        segment = larger;
        bytes = larger.asByteBuffer();
    }

    /** CRC32C (RFC 3720 appendix B.4) of a range. */
    @HotPath
    public int crc(long offset, long length) {
        crc.reset();
        update(offset, length);
        return (int) crc.getValue();
    }

    /** The same of two ranges behind one another. */
    @HotPath
    public int crc(long offset, long length, long offset2, long length2) {
        crc.reset();
        update(offset, length);
        update(offset2, length2);
        return (int) crc.getValue();
    }

    @HotPath
    private void update(long offset, long length) {
        bytes.limit((int) (offset + length)).position((int) offset);
        crc.update(bytes);
    }
}
