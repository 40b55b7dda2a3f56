// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.vtl.store.storage.StorageObject;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment record by record, as the log that it is: what was written is there up to the first record that is not whole. Every
 * record names its place, its segment, its object and an epoch that never goes down; so nothing older can be taken for it.
 */
public final class SegmentScan {
    private static final long MAX_STORED = 1L << 25;
    private static final int LOOK_BYTES = 1 << 16;

    private final StorageObject log;
    private final int segment;
    private final long limit;
    private final GrowingBuffer buffer;
    private long position;
    private long object;
    private final long firstObject;
    private Mount mount;
    private boolean resuming;
    private long lostAt;

    /** From {@code position} to {@code limit}; {@code object} is the end of data there. */
    public SegmentScan(
            StorageObject log,
            int segment,
            long position,
            long limit,
            long firstObject,
            long object,
            Mount mount,
            GrowingBuffer buffer) {
        this.log = log;
        this.segment = segment;
        this.limit = limit;
        this.buffer = buffer;
        this.position = position;
        this.firstObject = firstObject;
        this.object = object;
        this.mount = mount;
    }

    /** Where the next record would begin. */
    public long position() {
        return position;
    }

    /** Who wrote last. */
    public Mount mount() {
        return mount;
    }

    /** Follows the headers, whatever their data, and returns how much of the segment is known to have been on stable storage. */
    public long durable() throws IOException {
        long durable = 0;
        while (step(null, Long.MAX_VALUE)) {
            durable = Math.max(durable, RecordHeader.durable(buffer.segment(), 0));
        }
        return durable;
    }

    /** Puts what is there into an index. Data are verified from {@code trusted} on; before that a read does it. */
    public void into(IndexImage image, long trusted) throws IOException {
        boolean more;
        do {
            more = step(image, trusted);
        } while (more);
    }

    /** True if behind {@link #position} lies a record that was written when what is at the position was on stable storage. */
    public boolean isDamagedHere() {
        return recordBehind(position, position) >= 0;
    }

    /**
     * Puts the rest of a log that is damaged at {@link #position} into an index: what is missing up to the next record that is whole
     * counts as blocks that cannot be read, and so on until the end of the log. Call {@link #into} before.
     */
    public void salvage(IndexImage image, long trusted) throws IOException {
        while (isDamagedHere()) {
            lostAt = position;
            resuming = true;
            long next = recordBehind(position, -1);
            while (next >= 0) {
                position = next;
                if (step(image, Long.MAX_VALUE)) {
                    break;
                }
                next = recordBehind(next + RecordHeader.BYTES, -1);
            }
            if (next < 0) {
                return;
            }
            into(image, trusted);
        }
    }

    /** Where the first record from {@code from} on lies that knew of more than {@code durable} bytes on stable storage; -1 if none does. */
    private long recordBehind(long from, long durable) {
        buffer.ensure(LOOK_BYTES);
        for (long at = from; at < limit; at += LOOK_BYTES) {
            long have = log.read(at, buffer.segment(), 0, Math.min(LOOK_BYTES, limit - at));
            for (long i = 0; i + RecordHeader.BYTES <= have; i += RecordHeader.BYTES) {
                if (RecordHeader.looksLike(buffer.segment(), i)
                        && RecordHeader.valid(buffer, i, segment, at + i)
                        && RecordHeader.durable(buffer.segment(), i) > durable) {
                    return at + i;
                }
            }
        }
        return -1;
    }

    /** The first record behind damage says how many objects are missing, or that fewer are left than were there. */
    private void resume(long named, @Nullable IndexImage image) {
        if (image == null || named < firstObject) {
            return;
        }
        resuming = false;
        if (named < object) {
            image.cut(named);
        }
        for (long lost = object; lost < named; lost++) {
            image.add(RecordHeader.BLOCK, lostAt, 0, 0);
        }
        object = named;
    }

    private boolean step(@Nullable IndexImage image, long trusted) throws IOException {
        buffer.ensure(RecordHeader.BYTES);
        var s = buffer.segment();
        if (log.read(position, s, 0, RecordHeader.BYTES) != RecordHeader.BYTES
                || !RecordHeader.valid(buffer, 0, segment, position)) {
            return false;
        }
        long stored = RecordHeader.storedBytes(s, 0);
        long end = position + RecordHeader.recordBytes(stored);
        int type = RecordHeader.type(s, 0);
        if (RecordHeader.extra(s, 0) != 0 || (type > RecordHeader.MOUNT && type < RecordHeader.FIRST_IGNORABLE)) {
            throw new IOException("segment " + segment + " has at " + position + " a record of type " + type
                    + " that this release does not know: use the release that wrote it, or a newer one");
        }
        if (stored > MAX_STORED
                || end > limit
                || end > log.length()
                || Integer.compareUnsigned(RecordHeader.epoch(s, 0), mount.epoch()) < 0
                || RecordHeader.durable(s, 0) > position) {
            return false;
        }
        boolean verify = type == RecordHeader.MOUNT || (type != RecordHeader.PAD && position >= trusted);
        if (verify && !whole(stored)) {
            return false;
        }
        if (!replay(type, image)) {
            return false;
        }
        position = end;
        return true;
    }

    private boolean whole(long stored) {
        long bytes = RecordHeader.BYTES + stored;
        buffer.ensure(bytes);
        return log.read(position, buffer.segment(), 0, bytes) == bytes
                && buffer.crc(RecordHeader.BYTES, stored) == RecordHeader.storedCrc(buffer.segment(), 0);
    }

    private boolean replay(int type, @Nullable IndexImage image) {
        var s = buffer.segment();
        long named = RecordHeader.object(s, 0);
        if (resuming && type <= RecordHeader.TRUNCATE) {
            resume(named, image);
        }
        switch (type) {
            case RecordHeader.BLOCK -> {
                if (named != object) {
                    return false;
                }
                object++;
                if (image != null) {
                    image.add(type, position, RecordHeader.storedBytes(s, 0), RecordHeader.hostBytes(s, 0));
                }
            }
            case RecordHeader.FILEMARKS -> {
                if (named != object) {
                    return false;
                }
                long count = RecordHeader.hostBytes(s, 0);
                object += count;
                for (long i = 0; image != null && i < count; i++) {
                    image.add(type, position, 0, 0);
                }
            }
            case RecordHeader.TRUNCATE -> {
                if (named > object || named < firstObject) {
                    return false;
                }
                object = named;
                if (image != null) {
                    image.cut(named);
                }
            }
            case RecordHeader.MOUNT -> mount = MountRecord.get(s, 0);
            default -> {
                // padding, or what may be skipped
            }
        }
        return true;
    }
}
