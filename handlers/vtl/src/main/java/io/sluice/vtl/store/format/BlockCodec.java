// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.sluice.handler.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Blocks into records and back. Compresses with Zstandard's first fast level; takes the codec's memory on first use. Threads: one at a time. */
public final class BlockCodec implements AutoCloseable {
    /** Refused. */
    public static final long DAMAGED = -1;

    private static final int LEVEL = -1;
    /** Below this a frame's own bytes eat what it saves. */
    private static final int SMALLEST = 128;
    /** Blocks of a run that did not compress, after which only one of {@link #TRY_EACH} is tried. */
    private static final int PATIENCE = 16;

    private static final int TRY_EACH = 8;

    /** From here on a block goes to the storage from where it is, if it needs no bytes behind it. */
    private static final int DIRECT = 2048;

    private final GrowingBuffer plain;
    private final MemoryView view = new MemoryView();
    private @Nullable ZstdCompressCtx compressor;
    private @Nullable ZstdDecompressCtx decompressor;
    private int incompressible;

    public BlockCodec(Arena arena) {
        this.plain = new GrowingBuffer(arena, 4096);
    }

    /**
     * Puts the record of a block at {@code at}, all but {@link RecordHeader#seal}. Returns its bytes there; what it lacks of {@link
     * RecordHeader#recordBytes} is the block itself, which was not copied.
     */
    @HotPath
    public long encode(
            GrowingBuffer b,
            long at,
            long object,
            long sequence,
            MemorySegment from,
            long offset,
            int bytes,
            boolean compress) {
        long body = at + RecordHeader.BYTES;
        b.ensure(body);
        RecordHeader.begin(b.segment(), at, RecordHeader.BLOCK, object, sequence);
        int stored = compress && bytes >= SMALLEST && worthTrying() ? compress(b, at, from, offset, bytes) : 0;
        if (stored == 0) {
            int crc = view.crc(from, offset, bytes);
            RecordHeader.describe(b.segment(), at, RecordHeader.RAW, bytes, bytes);
            RecordHeader.checksums(b.segment(), at, crc, crc);
            if (bytes >= DIRECT && bytes % RecordHeader.BYTES == 0) {
                return RecordHeader.BYTES;
            }
            b.ensure(at + RecordHeader.recordBytes(bytes));
            MemorySegment.copy(from, offset, b.segment(), body, bytes);
            stored = bytes;
        }
        zeroTail(b.segment(), body + stored);
        return RecordHeader.recordBytes(stored);
    }

    /** True if blocks of late did not compress, so that the next one will most likely not, and mostly is not tried. */
    @HotPath
    public boolean expectsIncompressible() {
        return incompressible >= PATIENCE;
    }

    @HotPath
    private boolean worthTrying() {
        return !expectsIncompressible() || incompressible++ % TRY_EACH == 0;
    }

    /** Stored bytes, or 0 if it does not become a sixteenth smaller. */
    private int compress(GrowingBuffer b, long at, MemorySegment from, long offset, int bytes) {
        ZstdCompressCtx context = compressor;
        if (context == null) {
            context = new ZstdCompressCtx().setLevel(LEVEL);
            compressor = context;
        }
        long body = at + RecordHeader.BYTES;
        int bound = (int) Zstd.compressBound(bytes);
        b.ensure(body + bound + RecordHeader.BYTES);
        b.bytes().clear();
        int source = view.place(from, offset, bytes);
        int stored = context.compressDirectByteBuffer(b.bytes(), (int) body, bound, view.bytes(), source, bytes);
        if (stored > bytes - bytes / 16) {
            incompressible++;
            return 0;
        }
        incompressible = 0;
        RecordHeader.describe(b.segment(), at, RecordHeader.ZSTD, bytes, stored);
        RecordHeader.checksums(b.segment(), at, b.crc(body, stored), view.crc(from, offset, bytes));
        return stored;
    }

    @HotPath
    private static void zeroTail(MemorySegment s, long end) {
        for (long i = end; i % RecordHeader.BYTES != 0; i++) {
            LittleEndian.u8(s, i, 0);
        }
    }

    /** Checks the block whose record is at {@code at} and copies up to {@code limit} bytes. Returns its bytes, or {@link #DAMAGED}. */
    @HotPath
    public long decode(GrowingBuffer b, long at, MemorySegment to, long offset, int limit) {
        MemorySegment s = b.segment();
        long body = at + RecordHeader.BYTES;
        long stored = RecordHeader.storedBytes(s, at);
        long bytes = RecordHeader.hostBytes(s, at);
        if (b.crc(body, stored) != RecordHeader.storedCrc(s, at)) {
            return DAMAGED;
        }
        if (RecordHeader.encoding(s, at) == RecordHeader.RAW) {
            if (stored != bytes) {
                return DAMAGED;
            }
            MemorySegment.copy(s, body, to, offset, Math.min(limit, bytes));
            return bytes;
        }
        if (RecordHeader.encoding(s, at) != RecordHeader.ZSTD
                || decompress(b, body, (int) stored, (int) bytes) != bytes
                || plain.crc(0, bytes) != RecordHeader.hostCrc(s, at)) {
            return DAMAGED;
        }
        MemorySegment.copy(plain.segment(), 0, to, offset, Math.min(limit, bytes));
        return bytes;
    }

    /** True if the block whose header is at {@code at} was stored as it is, and is what {@code s} has at {@code offset}. */
    @HotPath
    public boolean verify(GrowingBuffer b, long at, MemorySegment s, long offset) {
        return view.crc(s, offset, RecordHeader.storedBytes(b.segment(), at))
                == RecordHeader.storedCrc(b.segment(), at);
    }

    private long decompress(GrowingBuffer b, long body, int stored, int bytes) {
        ZstdDecompressCtx context = decompressor;
        if (context == null) {
            context = new ZstdDecompressCtx();
            decompressor = context;
        }
        plain.ensure(bytes);
        plain.bytes().clear();
        b.bytes().clear();
        try {
            return context.decompressDirectByteBuffer(plain.bytes(), 0, bytes, b.bytes(), (int) body, stored);
        } catch (ZstdException e) {
            return DAMAGED;
        }
    }

    @Override
    public void close() {
        if (compressor != null) {
            compressor.close();
        }
        if (decompressor != null) {
            decompressor.close();
        }
    }
}
