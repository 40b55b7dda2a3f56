// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.handler.HotPath;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.format.GrowingBuffer;
import io.sluice.vtl.store.format.IndexImage;
import io.sluice.vtl.store.format.Mount;
import io.sluice.vtl.store.format.MountRecord;
import io.sluice.vtl.store.format.RecordHeader;
import io.sluice.vtl.store.storage.StorageObject;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/**
 * The end of the log, where records are appended: one call of the storage for each, with what has to stand in front of it. A record never
 * shares a page with one that was on stable storage before it. Threads: one at a time.
 */
final class OpenSegment {
    /** No storage writes less at once. */
    private static final int PAGE = 4096;

    final IndexImage image;
    final GrowingBuffer buffer;
    StorageObject log;
    int number;
    Mount mount;
    /** Bytes of the segment that count; the storage may have more, until {@link #repair}. */
    long end;
    /** Of these, on stable storage. */
    long durableEnd;
    /** The log does not say yet that the index's end is the end of data. */
    boolean truncatePending;

    private final UUID writer;
    private boolean mountPending = true;
    private boolean torn;
    private int head;

    OpenSegment(
            IndexImage image, GrowingBuffer buffer, UUID writer, StorageObject log, int number, Mount mount, long end) {
        this.image = image;
        this.buffer = buffer;
        this.writer = writer;
        this.log = log;
        this.number = number;
        this.mount = mount;
        this.end = end;
        this.durableEnd = end;
        this.torn = log.length() != end;
    }

    /** Goes on in a new segment, whose header of {@code headerBytes} names the mount and is on stable storage. */
    void follow(StorageObject newLog, int newNumber, Mount newMount, long headerBytes) {
        log = newLog;
        number = newNumber;
        mount = newMount;
        end = headerBytes;
        durableEnd = headerBytes;
        truncatePending = false;
        mountPending = false;
        torn = false;
    }

    /** Who the next segment's header names. */
    Mount nextMount() {
        return mountPending ? mount.next(writer) : mount;
    }

    /** Begins a batch in the buffer: returns where the record itself goes. */
    @HotPath
    int prepare() {
        head = 0;
        if (mountPending) {
            buffer.ensure(4L * RecordHeader.BYTES);
            MountRecord.put(buffer, 0, mount.next(writer));
            head = (int) RecordHeader.recordBytes(MountRecord.STORED);
        }
        if (truncatePending) {
            buffer.ensure(head + 2L * RecordHeader.BYTES);
            RecordHeader.begin(buffer.segment(), head, RecordHeader.TRUNCATE, image.end().objects, 0);
            head += RecordHeader.BYTES;
        }
        return head;
    }

    /** Appends the batch, whose last record of {@code bytes} is where {@link #prepare} said; 0 for none. */
    @HotPath
    long commit(long bytes) {
        return commit(bytes, buffer.segment(), 0, 0);
    }

    /** The same if only the first {@code bytes} of the record are there, and {@code bodyBytes} more elsewhere. */
    @HotPath
    long commit(long bytes, MemorySegment body, long bodyOffset, long bodyBytes) {
        int epoch = mountPending ? mount.epoch() + 1 : mount.epoch();
        int at = 0;
        if (mountPending) {
            RecordHeader.seal(buffer, 0, epoch, number, end, durableEnd);
            at = (int) RecordHeader.recordBytes(MountRecord.STORED);
        }
        if (truncatePending) {
            RecordHeader.seal(buffer, at, epoch, number, end + at, durableEnd);
        }
        if (bytes > 0) {
            RecordHeader.seal(buffer, head, epoch, number, end + head, durableEnd);
        }
        long inBuffer = head + bytes;
        long result = bodyBytes == 0
                ? log.append(buffer.segment(), 0, inBuffer)
                : log.append(buffer.segment(), inBuffer, body, bodyOffset, bodyBytes);
        if (result != MediumResult.OK) {
            torn = log.truncate(end) != MediumResult.OK;
            return result;
        }
        end += inBuffer + bodyBytes;
        truncatePending = false;
        if (mountPending) {
            mounted();
        }
        return MediumResult.OK;
    }

    private void mounted() {
        mount = mount.next(writer);
        mountPending = false;
    }

    /** Where the last record of a batch that was committed begins, if it had so many bytes. */
    @HotPath
    long positionOf(long bytes) {
        return end - bytes;
    }

    @HotPath
    boolean needsRepair() {
        return torn;
    }

    /** Takes off what the storage has behind the end, for good. */
    long repair() {
        log.forgetCached();
        long result = log.truncate(end);
        if (result == MediumResult.OK) {
            result = log.sync();
        }
        torn = result != MediumResult.OK;
        return result;
    }

    boolean dirty() {
        return end != durableEnd || truncatePending;
    }

    /** Puts all that was appended on stable storage; {@link MediumResult#WRITES_LOST} if that failed: then call {@link #lose}. */
    long sync() {
        if (torn) {
            long repaired = repair();
            if (repaired != MediumResult.OK) {
                return repaired;
            }
        }
        if (truncatePending) {
            prepare();
            long result = commit(0);
            if (result != MediumResult.OK) {
                return result;
            }
        }
        if (end == durableEnd) {
            return MediumResult.OK;
        }
        pad();
        if (log.sync() != MediumResult.OK) {
            return MediumResult.WRITES_LOST;
        }
        durableEnd = end;
        return MediumResult.OK;
    }

    /** A full storage does without. */
    private void pad() {
        long gap = -end & (PAGE - 1);
        if (gap == 0) {
            return;
        }
        buffer.ensure(PAGE);
        RecordHeader.pad(buffer.segment(), 0, gap);
        RecordHeader.seal(buffer, 0, mount.epoch(), number, end, durableEnd);
        if (log.append(buffer.segment(), 0, gap) == MediumResult.OK) {
            end += gap;
        } else {
            torn = log.truncate(end) != MediumResult.OK;
        }
    }

    /** A sync failed: the kernel has forgotten what it could not write, so the log ends where the last good sync found it. */
    void lose(long durableObjects) {
        image.cut(durableObjects);
        end = durableEnd;
        torn = true;
        mountPending = true;
        truncatePending = true;
    }
}
