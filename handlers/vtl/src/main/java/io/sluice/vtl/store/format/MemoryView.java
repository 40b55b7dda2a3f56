// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.handler.HotPath;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Native memory of others as checksum and compression want it: a buffer, which is an object. The one for the memory that was seen last is
 * kept, and a drive's data are always in the same. Threads: one at a time.
 */
final class MemoryView {
    /** Views begin at multiples and are twice as long, less a byte: as much as a buffer can be, and no range is cut. */
    private static final long STRIDE = 1L << 30;

    private final CRC32C crc = new CRC32C();
    private MemorySegment seen = MemorySegment.NULL;
    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
    private long bytesAt;

    /** Where in {@link #bytes} the range is from now on. */
    @HotPath
    int place(MemorySegment s, long offset, long length) {
        if (!s.equals(seen) || offset < bytesAt || offset + length > bytesAt + bytes.capacity()) {
            look(s, offset);
        }
        return (int) (offset - bytesAt);
    }

    @HotPath
    ByteBuffer bytes() {
        return bytes.clear();
    }

    /** CRC32C (RFC 3720 appendix B.4) of a range. */
    @HotPath
    int crc(MemorySegment s, long offset, long length) {
        int at = place(s, offset, length);
        bytes.limit((int) (at + length)).position(at);
        crc.reset();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private void look(MemorySegment s, long offset) {
        bytesAt = offset & -STRIDE;
        bytes = s.asSlice(bytesAt, Math.min(s.byteSize() - bytesAt, 2 * STRIDE - 1))
                .asByteBuffer();
        seen = s;
    }
}
