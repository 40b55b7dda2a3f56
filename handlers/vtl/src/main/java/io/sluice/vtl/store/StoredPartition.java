// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.handler.HotPath;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import io.sluice.vtl.store.format.BlockCodec;
import io.sluice.vtl.store.format.GrowingBuffer;
import io.sluice.vtl.store.format.RecordHeader;
import io.sluice.vtl.store.format.Sums;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/** A partition as a log of segments. Threads: one at a time. */
final class StoredPartition implements Partition, AutoCloseable {
    private final Arena arena;
    private final StoreShape shape;
    private long capacity;
    private final boolean writable;
    private final UUID mount;
    private final OpenSegment open;
    private final ObjectIndex index;
    private final LogGrowth growth;
    private final BlockCodec codec;
    private final Sums sums = new Sums();

    StoredPartition(Arena arena, StoreShape shape, long capacity, boolean writable, UUID mount, OpenedLog log) {
        this.arena = arena;
        this.shape = shape;
        this.capacity = capacity;
        this.writable = writable;
        this.mount = mount;
        this.open = log.open();
        this.index = log.index();
        this.growth = new LogGrowth(log, shape);
        this.codec = new BlockCodec(arena);
    }

    @Override
    @HotPath
    public long objects() {
        return open.image.end().objects;
    }

    @Override
    @HotPath
    public long filemarks() {
        return open.image.end().marks;
    }

    @Override
    @HotPath
    public long filemarksBefore(long object) {
        long result = index.sums(object, sums);
        return result == MediumResult.OK ? sums.marks : result;
    }

    @Override
    @HotPath
    public long filemark(long number) {
        return number >= filemarks() ? MediumResult.END_OF_DATA : index.filemark(number);
    }

    @Override
    @HotPath
    public long length(long object) {
        if (object >= objects()) {
            return MediumResult.END_OF_DATA;
        }
        long result = index.find(object);
        if (result != MediumResult.OK) {
            return result;
        }
        if (index.kind() == RecordHeader.FILEMARKS) {
            return MediumResult.FILEMARK;
        }
        // No block is empty: so the index says of one that it is lost.
        return index.host() == 0 ? MediumResult.DAMAGED : index.host();
    }

    @Override
    @HotPath
    public long read(long object, MemorySegment to, long toOffset, int limit) {
        long length = length(object);
        if (length < 0 && length != MediumResult.FILEMARK) {
            return length;
        }
        long stored = index.stored();
        boolean direct = stored == length && length <= limit;
        GrowingBuffer buffer = open.buffer;
        buffer.ensure(RecordHeader.BYTES + (direct ? 0 : stored));
        MemorySegment s = buffer.segment();
        long bytes = RecordHeader.BYTES + stored;
        long have = direct
                ? index.data().read(index.position(), s, RecordHeader.BYTES, to, toOffset, stored)
                : index.data().read(index.position(), s, 0, bytes);
        if (have < 0) {
            return have;
        }
        if (have != bytes || !described(object, length, stored)) {
            return MediumResult.DAMAGED;
        }
        if (length == MediumResult.FILEMARK) {
            return MediumResult.FILEMARK;
        }
        if (direct) {
            boolean good = RecordHeader.encoding(s, 0) == RecordHeader.RAW && codec.verify(buffer, 0, to, toOffset);
            return good ? length : MediumResult.DAMAGED;
        }
        long decoded = codec.decode(buffer, 0, to, toOffset, limit);
        return decoded == BlockCodec.DAMAGED ? MediumResult.DAMAGED : decoded;
    }

    /** True if the header in the buffer is whole and that of the object, of which the index says the same. */
    @HotPath
    private boolean described(long object, long length, long stored) {
        GrowingBuffer buffer = open.buffer;
        MemorySegment s = buffer.segment();
        if (!RecordHeader.valid(buffer, 0, index.segment(), index.position())
                || RecordHeader.type(s, 0) != index.kind()
                || RecordHeader.extra(s, 0) != 0) {
            return false;
        }
        long first = RecordHeader.object(s, 0);
        if (length == MediumResult.FILEMARK) {
            return first <= object && object < first + RecordHeader.hostBytes(s, 0);
        }
        return first == object && RecordHeader.storedBytes(s, 0) == stored && RecordHeader.hostBytes(s, 0) == length;
    }

    @Override
    @HotPath
    public boolean isAtHand(long from, long to) {
        long last = Math.min(to, objects()) - 1;
        // What follows the last one tells what that takes on the medium.
        return from > last || (index.isAtHand(last + 1) && isAtHand(from) && (from == last || isAtHand(last)));
    }

    @HotPath
    private boolean isAtHand(long object) {
        if (!index.isAtHand(object) || index.find(object) != MediumResult.OK) {
            return false;
        }
        long stored = index.stored();
        boolean plain = index.kind() != RecordHeader.BLOCK || index.host() == stored;
        return plain && index.data().isAtHand(index.position(), RecordHeader.BYTES + stored);
    }

    @Override
    @HotPath
    public boolean isReady(int blocks, int bytes, boolean compress) {
        return writable
                && (!compress || codec.expectsIncompressible())
                && growth.isReady(bytes + 2L * blocks * RecordHeader.BYTES);
    }

    @Override
    @HotPath
    public long writeBlock(long at, MemorySegment from, long fromOffset, int bytes, boolean compress, long sequence) {
        long result = begin(at);
        if (result != MediumResult.OK) {
            return result;
        }
        int head = open.prepare();
        long buffered = codec.encode(open.buffer, head, at, sequence, from, fromOffset, bytes, compress);
        long stored = RecordHeader.storedBytes(open.buffer.segment(), head);
        long record = RecordHeader.recordBytes(stored);
        result = growth.append(buffered, from, fromOffset, record - buffered);
        if (result == MediumResult.OK) {
            open.image.add(RecordHeader.BLOCK, open.positionOf(record), stored, bytes);
        }
        return result;
    }

    @Override
    @HotPath
    public long writeFilemarks(long at, long count, long sequence) {
        long done = 0;
        while (done < count) {
            long result = begin(at + done);
            if (result == MediumResult.OK) {
                long some = Math.min(count - done, Math.max(shape.segmentObjects() - open.image.count(), 1));
                result = appendFilemarks(at + done, some, sequence);
                done += some;
            }
            if (result != MediumResult.OK) {
                return done == 0 || result == MediumResult.WRITES_LOST ? result : undo(at, result);
            }
        }
        return MediumResult.OK;
    }

    private long undo(long at, long result) {
        if (objects() > at && growth.cut(at) != MediumResult.OK) {
            growth.refuse();
        }
        return result;
    }

    private long appendFilemarks(long at, long count, long sequence) {
        int head = open.prepare();
        open.buffer.ensure(head + (long) RecordHeader.BYTES);
        RecordHeader.begin(open.buffer.segment(), head, RecordHeader.FILEMARKS, at, sequence);
        RecordHeader.describe(open.buffer.segment(), head, RecordHeader.RAW, count, 0);
        long result = growth.append(RecordHeader.BYTES);
        for (long i = 0; result == MediumResult.OK && i < count; i++) {
            open.image.add(RecordHeader.FILEMARKS, open.positionOf(RecordHeader.BYTES), 0, 0);
        }
        return result;
    }

    @Override
    public long erase(long at, long sequence) {
        long result = begin(at);
        if (result == MediumResult.OK && open.truncatePending) {
            open.prepare();
            result = growth.append(0);
        }
        return result;
    }

    @HotPath
    private long begin(long at) {
        if (!writable) {
            return MediumResult.WRITE_PROTECTED;
        }
        return at < 0 || at > objects() ? MediumResult.INTERNAL : growth.begin(at);
    }

    @Override
    public long sync() {
        return writable ? growth.sync() : MediumResult.OK;
    }

    @Override
    @HotPath
    public long durable() {
        return growth.durable();
    }

    @Override
    public long recorded(long sequence) {
        if (!open.mount.id().equals(mount)) {
            return 0;
        }
        long count = 0;
        while (count < objects() && wrote(objects() - 1 - count, sequence)) {
            count++;
        }
        return count;
    }

    private boolean wrote(long object, long sequence) {
        GrowingBuffer buffer = open.buffer;
        return index.find(object) == MediumResult.OK
                && index.data().read(index.position(), buffer.segment(), 0, RecordHeader.BYTES) == RecordHeader.BYTES
                && RecordHeader.valid(buffer, 0, index.segment(), index.position())
                && RecordHeader.sequence(buffer.segment(), 0) == sequence
                && Integer.compareUnsigned(RecordHeader.epoch(buffer.segment(), 0), open.mount.first()) >= 0;
    }

    @Override
    @HotPath
    public long used(long object) {
        long result = index.sums(object, sums);
        return result == MediumResult.OK ? sums.used : result;
    }

    /** From now on the capacity is this, in bytes. */
    void limit(long bytes) {
        capacity = bytes;
    }

    @Override
    @HotPath
    public long capacity() {
        return capacity;
    }

    @Override
    @HotPath
    public long room() {
        return Math.max(Math.min(capacity - open.image.end().used, growth.storageRoom()), 0);
    }

    @Override
    @HotPath
    public long hostBytes(long object) {
        long result = index.sums(object, sums);
        return result == MediumResult.OK ? sums.host : result;
    }

    /** Syncs, and leaves an index behind so that the next opening has nothing to verify. */
    @Override
    public void close() throws IOException {
        try {
            growth.close(writable);
        } finally {
            codec.close();
            arena.close();
        }
    }
}
