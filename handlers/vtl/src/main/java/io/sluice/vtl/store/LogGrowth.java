// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.handler.HotPath;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.format.Checkpoint;
import io.sluice.vtl.store.format.Mount;
import io.sluice.vtl.store.format.SegmentHeader;
import io.sluice.vtl.store.format.Sums;
import io.sluice.vtl.store.format.TwinRecord;
import io.sluice.vtl.store.storage.StorageFullException;
import io.sluice.vtl.store.storage.StorageObject;
import io.sluice.vtl.store.storage.StorageSpace;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the log grows: when a new segment follows, when there is a checkpoint, and what overwriting does. Whatever the table of segments
 * says is true at any instant: it is replaced as a whole, after what it names is on stable storage. Threads: one at a time.
 */
final class LogGrowth {
    private static final Logger LOG = LoggerFactory.getLogger(LogGrowth.class);
    /** Who unloads a cartridge waits so long for what it overwrote to be deleted; thousands of segments take minutes. */
    private static final long DISCARDING_NANOS = 10_000_000_000L;

    private final StorageSpace space;
    private final OpenedLog opened;
    private final StoreShape shape;
    private final OpenSegment open;
    private final ObjectIndex index;
    private final StorageRoom room;
    private final Sums sums = new Sums();
    private boolean begun;
    private boolean refused;
    private boolean indexStored;
    private long durable;
    private long checkpointEnd;
    private long indexEnd;
    private long indexObjects;

    LogGrowth(OpenedLog opened, StoreShape shape) {
        this.opened = opened;
        this.space = opened.space();
        this.shape = shape;
        this.open = opened.open();
        this.index = opened.index();
        this.durable = open.image.end().objects;
        this.indexStored = opened.clean();
        this.checkpointEnd = open.end;
        this.indexEnd = open.end;
        this.indexObjects = durable;
        this.room = new StorageRoom(space, open, shape.reserveBytes(), !opened.clean());
    }

    @HotPath
    long durable() {
        return durable;
    }

    @HotPath
    long storageRoom() {
        return room.bytes();
    }

    /** Makes the log ready for an object {@code at}, which becomes the end of data. Results as of {@link io.sluice.vtl.medium.Partition}. */
    @HotPath
    long begin(long at) {
        if (refused) {
            return MediumResult.STORAGE_FAILED;
        }
        if (open.needsRepair()) {
            long result = open.repair();
            if (result != MediumResult.OK) {
                return failed(result);
            }
        }
        if (!begun) {
            begun = true;
            discardLeft();
        }
        long result = at < open.image.end().objects ? cut(at) : MediumResult.OK;
        if (result == MediumResult.OK && due()) {
            result = maintain();
        }
        return result;
    }

    /** True if {@link #begin} at the end of data, and {@link #append} of so many bytes, will do nothing else than append. */
    @HotPath
    boolean isReady(long bytes) {
        return !refused
                && begun
                && !open.needsRepair()
                && !open.truncatePending
                && !due()
                && room.isTaken(bytes)
                && open.log.isReady(bytes);
    }

    @HotPath
    private boolean due() {
        return open.end - checkpointEnd >= shape.checkpointBytes()
                || open.image.end().objects - indexObjects >= shape.indexObjects()
                || open.end >= shape.segmentBytes()
                || open.image.count() >= shape.segmentObjects();
    }

    private long maintain() {
        if (open.end >= shape.segmentBytes() || open.image.count() >= shape.segmentObjects()) {
            return follow(index.table().size() - 1, open.image.end().objects);
        }
        long result = sync();
        if (result == MediumResult.OK) {
            checkpointEnd = open.end;
            if (open.end - indexEnd >= shape.indexBytes()
                    || open.image.end().objects - indexObjects >= shape.indexObjects()) {
                storeIndex();
            }
        }
        return result;
    }

    /** Appends what is prepared in the open segment. */
    @HotPath
    long append(long bytes) {
        return append(bytes, open.buffer.segment(), 0, 0);
    }

    /** The same if only the first {@code bytes} of the record are there, and {@code bodyBytes} more elsewhere. */
    @HotPath
    long append(long bytes, MemorySegment body, long bodyOffset, long bodyBytes) {
        room.take(bytes + bodyBytes);
        long result = open.commit(bytes, body, bodyOffset, bodyBytes);
        while (result == MediumResult.NO_SPACE && !open.needsRepair() && space.awaitDiscarded()) {
            result = open.commit(bytes, body, bodyOffset, bodyBytes);
        }
        if (result != MediumResult.OK) {
            return failed(result);
        }
        indexStored = false;
        return MediumResult.OK;
    }

    /** Makes {@code at} the end of data: by a record if few bytes die, else by a new segment. */
    long cut(long at) {
        int last = index.table().size() - 1;
        int in = index.table().find(at);
        if (in == last && open.end - open.image.position(at) <= shape.cutBytes()) {
            open.image.cut(at);
            open.truncatePending = true;
            durable = Math.min(durable, at);
            indexObjects = Math.min(indexObjects, at);
            return MediumResult.OK;
        }
        return follow(in, at);
    }

    /** Seals the segment at {@code from} where object {@code at} begins, drops those behind it, and goes on in a new one. */
    private long follow(int from, long at) {
        long found = index.sums(at, sums);
        if (found != MediumResult.OK || from < index.table().size() - 1) {
            return found != MediumResult.OK
                    ? found
                    : switchTo(from, index.table().get(from).end());
        }
        if (at < open.image.end().objects) {
            open.image.cut(at);
            open.truncatePending = true;
            durable = Math.min(durable, at);
        }
        long result = sync();
        if (result != MediumResult.OK) {
            return result;
        }
        storeIndex();
        return switchTo(from, open.end);
    }

    private long switchTo(int from, long end) {
        SegmentTable old = index.table();
        SegmentTable table = old.followed(from, end, sums);
        int number = old.next();
        Mount mount = open.nextMount();
        StorageObject log = null;
        try {
            log = created(number);
            new SegmentHeader(opened.cartridge(), opened.partition(), number, mount, sums).put(open.buffer);
            long result = log.append(open.buffer.segment(), 0, SegmentHeader.BYTES);
            if (result == MediumResult.OK) {
                result = log.sync();
            }
            if (result != MediumResult.OK) {
                log.close();
                space.discard(ObjectNames.data(opened.partition(), number));
                return failed(result);
            }
            long bytes = new TwinRecord(TwinRecord.SEGMENTS, opened.cartridge(), table.encode()).put(open.buffer);
            space.replace(ObjectNames.segments(opened.partition()), open.buffer.segment(), bytes);
        } catch (StorageFullException e) {
            close(log);
            return MediumResult.NO_SPACE;
        } catch (IOException e) {
            // The old table may be there or the new one: what is written from here on would belong to neither.
            refused = true;
            close(log);
            LOG.error("{} takes no more writes until it is mounted again: {}", space.name(), e.getMessage());
            return MediumResult.STORAGE_FAILED;
        }
        switched(old, table, log, number, mount);
        return MediumResult.OK;
    }

    /** A crash may have left objects of that name. */
    private StorageObject created(int number) throws IOException {
        space.delete(ObjectNames.index(opened.partition(), number));
        return space.create(ObjectNames.data(opened.partition(), number));
    }

    private void switched(SegmentTable old, SegmentTable table, StorageObject log, int number, Mount mount) {
        room.giveBack();
        close(open.log);
        open.follow(log, number, mount, SegmentHeader.BYTES);
        open.image.reset(number, sums);
        index.table(table);
        clearSealed();
        Set<Integer> kept = new HashSet<>();
        table.segments().forEach(segment -> kept.add(segment.number()));
        for (SegmentTable.Segment segment : old.segments()) {
            if (!kept.contains(segment.number())) {
                space.discard(ObjectNames.data(opened.partition(), segment.number()));
                space.discard(ObjectNames.index(opened.partition(), segment.number()));
            }
        }
        durable = sums.objects;
        checkpointEnd = open.end;
        indexEnd = open.end;
        indexObjects = durable;
        indexStored = false;
        room.follow();
    }

    private void clearSealed() {
        try {
            opened.sealed().clear();
        } catch (IOException e) {
            LOG.warn("{}: closing what was read: {}", space.name(), e.getMessage());
        }
    }

    private void close(@Nullable StorageObject log) {
        try {
            if (log != null) {
                log.close();
            }
        } catch (IOException e) {
            LOG.warn("{}: closing a segment: {}", space.name(), e.getMessage());
        }
    }

    /** As {@link io.sluice.vtl.medium.Partition#sync}. */
    long sync() {
        if (refused) {
            return MediumResult.STORAGE_FAILED;
        }
        boolean logged = !open.dirty();
        long result = open.sync();
        if (result == MediumResult.OK) {
            durable = open.image.end().objects;
            indexStored &= logged;
        } else if (result == MediumResult.WRITES_LOST) {
            LOG.error("{}: objects from {} on are lost: {}", space.name(), durable, open.log.failure());
            open.lose(durable);
            checkpointEnd = Math.min(checkpointEnd, open.end);
            indexEnd = Math.min(indexEnd, open.end);
            indexObjects = Math.min(indexObjects, durable);
        } else {
            failed(result);
        }
        return result;
    }

    /** Stores the index of the open segment, all of which is on stable storage. What fails here costs time only. */
    private void storeIndex() {
        checkpointEnd = open.end;
        indexEnd = open.end;
        indexObjects = open.image.end().objects;
        try {
            long bytes = open.image.seal(new Checkpoint(
                    opened.cartridge(), opened.partition(), open.number, open.mount, open.end, open.image.count()));
            space.replace(
                    ObjectNames.index(opened.partition(), open.number),
                    open.image.buffer().segment(),
                    bytes);
            indexStored = true;
        } catch (IOException e) {
            LOG.warn("{}: the index is not stored; opening will take longer: {}", space.name(), e.getMessage());
        }
    }

    /** Deletes objects that belonged to the cartridge when a process was killed, and no longer do. */
    private void discardLeft() {
        String prefix = "p" + opened.partition() + ".";
        Set<String> known = new HashSet<>();
        known.add(ObjectNames.segments(opened.partition()));
        for (SegmentTable.Segment segment : index.table().segments()) {
            known.add(ObjectNames.data(opened.partition(), segment.number()));
            known.add(ObjectNames.index(opened.partition(), segment.number()));
        }
        try {
            space.list().stream()
                    .filter(name -> name.startsWith(prefix) && !known.contains(name))
                    .forEach(space::discard);
        } catch (IOException e) {
            LOG.warn("{}: what a crash left keeps its space: {}", space.name(), e.getMessage());
        }
    }

    /** Takes no more writes. */
    void refuse() {
        refused = true;
    }

    private long failed(long result) {
        LOG.error("{}: {}", space.name(), open.log.failure());
        return result;
    }

    void close(boolean writable) throws IOException {
        long result = MediumResult.OK;
        long before = open.image.end().objects;
        if (writable) {
            result = sync();
            if (result == MediumResult.OK && begun && !indexStored) {
                storeIndex();
            }
            room.giveBack();
            if (!space.awaitAllDiscarded(DISCARDING_NANOS)) {
                LOG.info("{}: what was overwritten is still being deleted", space.name());
            }
        }
        String failure = open.log.failure();
        close(open.log);
        opened.sealed().close();
        if (result != MediumResult.OK) {
            throw new IOException(
                    space.name() + ": objects " + durable + " to " + (before - 1) + " may be lost: " + failure);
        }
    }
}
