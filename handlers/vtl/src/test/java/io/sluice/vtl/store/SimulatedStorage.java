// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.storage.Storage;
import io.sluice.vtl.store.storage.StorageFullException;
import io.sluice.vtl.store.storage.StorageObject;
import io.sluice.vtl.store.storage.StorageSpace;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Storage in memory with one space, which records what is done to it and fails when told to. */
final class SimulatedStorage implements Storage, StorageSpace {
    /** What was done: a file is named by a number, since names come and go. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Op(Kind kind, String name, int file, long offset, byte[] bytes) {}

    enum Kind {
        LINK,
        UNLINK,
        APPEND,
        TRUNCATE,
        SYNC
    }

    /** A file's bytes. */
    static final class Content {
        final int number;
        byte[] bytes;

        Content(int number, byte[] bytes) {
            this.number = number;
            this.bytes = bytes;
        }
    }

    static final String NAME = "SIM001L8";

    final TreeMap<String, Content> files = new TreeMap<>();
    final List<Op> ops = new ArrayList<>();
    /** Calls that a real storage may take long over, and reads. */
    int waits;

    int reads;
    boolean syncFails;
    boolean truncateFails;
    long room = Long.MAX_VALUE;
    private int numbers;
    private boolean leased;
    private final ArrayDeque<String> discarded = new ArrayDeque<>();

    /** Empty, or what a crash left. */
    static SimulatedStorage of(Map<String, byte[]> left) {
        SimulatedStorage storage = new SimulatedStorage();
        left.forEach((name, bytes) -> storage.files.put(name, new Content(storage.numbers++, bytes)));
        return storage;
    }

    @Override
    public List<String> spaces() {
        return List.of(NAME);
    }

    @Override
    public StorageSpace space(String name) {
        return this;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void make() {
        // it is there
    }

    @Override
    public void remove() {
        list().forEach(this::delete);
    }

    @Override
    public List<String> list() {
        waits++;
        return List.copyOf(files.keySet());
    }

    @Override
    public StorageObject open(String name, boolean writable) throws IOException {
        waits++;
        Content content = files.get(name);
        if (content == null) {
            throw new NoSuchFileException(name);
        }
        return new Open(content);
    }

    @Override
    public StorageObject create(String name) throws IOException {
        Content content = link(name, new byte[0]);
        return new Open(content);
    }

    @Override
    public void replace(String name, MemorySegment content, long bytes) throws IOException {
        link(name, content.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE));
    }

    /** Goes with the next sync, or when somebody waits for it. */
    @Override
    public void discard(String name) {
        discarded.add(name);
    }

    @Override
    public boolean awaitDiscarded() {
        String name = discarded.poll();
        if (name != null) {
            delete(name);
        }
        return name != null;
    }

    @Override
    public boolean awaitAllDiscarded(long nanos) {
        boolean any = true;
        while (any) {
            any = awaitDiscarded();
        }
        return true;
    }

    private Content link(String name, byte[] bytes) throws IOException {
        discarded.remove(name);
        waits++;
        if (bytes.length > room) {
            throw new StorageFullException(name + ": full", new IOException("full"));
        }
        room -= room == Long.MAX_VALUE ? 0 : bytes.length;
        Content content = new Content(numbers++, bytes);
        Content before = files.put(name, content);
        room += room == Long.MAX_VALUE || before == null ? 0 : before.bytes.length;
        ops.add(new Op(Kind.LINK, name, content.number, 0, bytes));
        return content;
    }

    @Override
    public void delete(String name) {
        waits++;
        Content gone = files.remove(name);
        if (gone != null) {
            room += room == Long.MAX_VALUE ? 0 : gone.bytes.length;
            ops.add(new Op(Kind.UNLINK, name, gone.number, 0, new byte[0]));
        }
    }

    @Override
    public long freeBytes() {
        waits++;
        long soon = 0;
        for (String name : discarded) {
            Content content = files.get(name);
            soon += content == null ? 0 : content.bytes.length;
        }
        return room == Long.MAX_VALUE ? room : room + soon;
    }

    @Override
    public Lease lease() throws IOException {
        if (leased) {
            throw new IOException(NAME + " is in use");
        }
        leased = true;
        return () -> leased = false;
    }

    /** The process is gone, and its lease with it. */
    void kill() {
        leased = false;
        discarded.clear();
    }

    private final class Open implements StorageObject {
        private final Content content;

        Open(Content content) {
            this.content = content;
        }

        @Override
        public long length() {
            return content.bytes.length;
        }

        @Override
        public boolean isAtHand(long position, long bytes) {
            return true;
        }

        @Override
        public long append(MemorySegment from, long offset, long bytes) {
            return append(from.asSlice(offset, bytes).toArray(ValueLayout.JAVA_BYTE));
        }

        @Override
        public long append(MemorySegment head, long headBytes, MemorySegment body, long offset, long bytes) {
            byte[] all = new byte[(int) (headBytes + bytes)];
            MemorySegment.copy(head, ValueLayout.JAVA_BYTE, 0, all, 0, (int) headBytes);
            MemorySegment.copy(body, ValueLayout.JAVA_BYTE, offset, all, (int) headBytes, (int) bytes);
            return append(all);
        }

        private long append(byte[] all) {
            int bytes = all.length;
            long fits = Math.min(bytes, room);
            byte[] added = Arrays.copyOf(all, (int) fits);
            int at = content.bytes.length;
            content.bytes = Arrays.copyOf(content.bytes, at + added.length);
            System.arraycopy(added, 0, content.bytes, at, added.length);
            ops.add(new Op(Kind.APPEND, "", content.number, at, added));
            room -= room == Long.MAX_VALUE ? 0 : fits;
            return fits == bytes ? MediumResult.OK : MediumResult.NO_SPACE;
        }

        @Override
        public long read(long position, MemorySegment to, long offset, long bytes) {
            reads++;
            return copy(position, to, offset, bytes);
        }

        private long copy(long position, MemorySegment to, long offset, long bytes) {
            int n = (int) Math.max(Math.min(bytes, content.bytes.length - position), 0);
            if (n > 0) {
                MemorySegment.copy(content.bytes, (int) position, to, ValueLayout.JAVA_BYTE, offset, n);
            }
            return n;
        }

        @Override
        public long read(long position, MemorySegment head, long headBytes, MemorySegment to, long offset, long bytes) {
            reads++;
            long done = copy(position, head, 0, headBytes);
            return done < headBytes ? done : done + copy(position + done, to, offset, bytes);
        }

        @Override
        public boolean isReady(long bytes) {
            return true;
        }

        @Override
        public void reserve(long bytes) {
            waits++; // no promise, no effect
        }

        @Override
        public long sync() {
            waits++;
            awaitDiscarded();
            if (syncFails) {
                return MediumResult.STORAGE_FAILED;
            }
            ops.add(new Op(Kind.SYNC, "", content.number, 0, new byte[0]));
            return MediumResult.OK;
        }

        @Override
        public long truncate(long length) {
            waits++;
            if (truncateFails) {
                return MediumResult.STORAGE_FAILED;
            }
            room += room == Long.MAX_VALUE ? 0 : content.bytes.length - length;
            content.bytes = Arrays.copyOf(content.bytes, (int) length);
            ops.add(new Op(Kind.TRUNCATE, "", content.number, length, new byte[0]));
            return MediumResult.OK;
        }

        @Override
        public void forgetCached() {
            // nothing is
        }

        @Override
        public String failure() {
            return "simulated";
        }

        @Override
        public void close() {
            // stays
        }
    }
}
