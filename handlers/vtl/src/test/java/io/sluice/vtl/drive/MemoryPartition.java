// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A partition as a list, with failures to order: what {@link Partition} promises in the plainest way. */
final class MemoryPartition implements Partition {
    /** What a filemark takes, and what describes a block. */
    static final int OVERHEAD = 16;

    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    private record Thing(byte @Nullable [] block, long sequence, int onMedium) {
        int bytes() {
            return block == null ? 0 : block.length;
        }
    }

    private final List<Thing> things = new ArrayList<>();
    private final List<Long> used = new ArrayList<>(List.of(0L));
    private final List<Long> host = new ArrayList<>(List.of(0L));
    private final List<Long> marks = new ArrayList<>();
    private long capacity;
    private final CrashPoint crashPoint;
    private @Nullable UUID mount;
    private long durable;
    int syncs;
    /** Blocks that were ever written. */
    int writes;

    /** What the next calls return, once. */
    long failNextWrite;

    long failNextSync;
    /** What the storage below has left. */
    long storageRoom = Long.MAX_VALUE;

    long damaged = -1;

    MemoryPartition(long capacity, CrashPoint crashPoint) {
        this.capacity = capacity;
        this.crashPoint = crashPoint;
    }

    void limit(long bytes) {
        capacity = bytes;
    }

    void mounted(UUID name) {
        if (!name.equals(mount)) {
            mount = name;
            things.replaceAll(thing -> new Thing(thing.block, 0, thing.onMedium));
        }
    }

    private boolean isMark(long object) {
        return things.get((int) object).block == null;
    }

    private void cut(long at) {
        if (at > things.size()) {
            throw new AssertionError("written at " + at + " behind the end of data " + things.size());
        }
        while (things.size() > at) {
            things.removeLast();
            used.removeLast();
            host.removeLast();
        }
        while (!marks.isEmpty() && marks.getLast() >= at) {
            marks.removeLast();
        }
        durable = Math.min(durable, at);
    }

    private void append(Thing thing) {
        if (thing.block == null) {
            marks.add((long) things.size());
        }
        things.add(thing);
        used.add(used.getLast() + thing.onMedium);
        host.add(host.getLast() + thing.bytes());
    }

    @Override
    public long objects() {
        return things.size();
    }

    @Override
    public long filemarks() {
        return marks.size();
    }

    @Override
    public long filemarksBefore(long object) {
        int at = Collections.binarySearch(marks, object);
        return at < 0 ? -at - 1 : at;
    }

    @Override
    public long filemark(long index) {
        return index < marks.size() ? marks.get((int) index) : MediumResult.END_OF_DATA;
    }

    @Override
    public long length(long object) {
        if (object >= things.size()) {
            return MediumResult.END_OF_DATA;
        }
        return isMark(object) ? MediumResult.FILEMARK : things.get((int) object).bytes();
    }

    @Override
    public long read(long object, MemorySegment to, long toOffset, int limit) {
        long length = length(object);
        byte[] block = length < 0 ? null : things.get((int) object).block;
        if (block == null) {
            return length;
        }
        if (object == damaged) {
            return MediumResult.DAMAGED;
        }
        MemorySegment.copy(block, 0, to, ValueLayout.JAVA_BYTE, toOffset, Math.min(limit, block.length));
        return block.length;
    }

    private long refusal() {
        crashPoint.pass();
        long failure = failNextWrite;
        failNextWrite = 0;
        if (failure == MediumResult.WRITES_LOST) {
            cut(durable);
        }
        return failure;
    }

    @Override
    public boolean isAtHand(long from, long to) {
        return true;
    }

    @Override
    public boolean isReady(int blocks, int bytes, boolean compress) {
        return true;
    }

    @Override
    public long writeBlock(long at, MemorySegment from, long fromOffset, int bytes, boolean compress, long sequence) {
        long failure = refusal();
        if (failure != MediumResult.OK) {
            return failure;
        }
        cut(at);
        crashPoint.pass();
        writes++;
        byte[] block = from.asSlice(fromOffset, bytes).toArray(ValueLayout.JAVA_BYTE);
        append(new Thing(block, sequence, (compress ? (bytes + 1) / 2 : bytes) + OVERHEAD));
        crashPoint.pass();
        return MediumResult.OK;
    }

    @Override
    public long writeFilemarks(long at, long count, long sequence) {
        long failure = refusal();
        if (failure != MediumResult.OK) {
            return failure;
        }
        if (count * OVERHEAD > capacity) {
            return MediumResult.NO_SPACE;
        }
        cut(at);
        for (long i = 0; i < count; i++) {
            crashPoint.pass();
            append(new Thing(null, sequence, OVERHEAD));
        }
        crashPoint.pass();
        return MediumResult.OK;
    }

    @Override
    public long erase(long at, long sequence) {
        long failure = refusal();
        if (failure == MediumResult.OK) {
            cut(at);
            crashPoint.pass();
        }
        return failure;
    }

    @Override
    public long sync() {
        crashPoint.pass();
        long failure = failNextSync;
        failNextSync = 0;
        if (failure == MediumResult.WRITES_LOST) {
            cut(durable);
        }
        if (failure == MediumResult.OK) {
            syncs++;
            durable = things.size();
        }
        return failure;
    }

    @Override
    public long room() {
        return Math.min(storageRoom, Math.max(capacity() - used(objects()), 0));
    }

    @Override
    public long durable() {
        return durable;
    }

    @Override
    public long recorded(long sequence) {
        int count = 0;
        while (count < things.size() && things.get(things.size() - 1 - count).sequence == sequence) {
            count++;
        }
        return count;
    }

    @Override
    public long used(long object) {
        return used.get((int) object);
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public long hostBytes(long object) {
        return host.get((int) object);
    }
}
