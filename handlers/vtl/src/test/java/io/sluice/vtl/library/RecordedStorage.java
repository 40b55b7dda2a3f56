// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A journal's storage in memory that keeps every operation, so that a power cut can be made up after each of them. */
public final class RecordedStorage implements JournalStorage {
    /** What was done. */
    enum Kind {
        APPEND,
        SYNC,
        REPLACE
    }

    /** One operation. */
    static final class Operation {
        private final Kind kind;
        private final byte[] bytes;

        private Operation(Kind kind, byte[] bytes) {
            this.kind = kind;
            this.bytes = bytes;
        }

        Kind kind() {
            return kind;
        }

        byte[] bytes() {
            return bytes.clone();
        }
    }

    private final List<Operation> operations = new ArrayList<>();
    private byte @Nullable [] content;
    private boolean record = true;
    private int failIn = -1;

    public RecordedStorage() {}

    RecordedStorage(byte @Nullable [] content) {
        this.content = content;
    }

    /** For long runs. */
    public RecordedStorage withoutRecord() {
        record = false;
        return this;
    }

    /** The operation after {@code count} others fails, and only that one. */
    void failIn(int count) {
        failIn = count;
    }

    List<Operation> operations() {
        return operations;
    }

    private void add(Kind kind, byte[] bytes) throws IOException {
        if (record) {
            operations.add(new Operation(kind, bytes));
        }
        if (failIn-- == 0) {
            throw new IOException("the storage failed as told");
        }
    }

    @Override
    public Optional<byte[]> read() {
        return Optional.ofNullable(content);
    }

    @Override
    public void append(byte[] bytes) throws IOException {
        if (record) { // else nobody reads it again, and copying would take most of the time
            byte[] before = content == null ? new byte[0] : content;
            byte[] after = Arrays.copyOf(before, before.length + bytes.length);
            System.arraycopy(bytes, 0, after, before.length, bytes.length);
            content = after;
        }
        add(Kind.APPEND, bytes);
    }

    @Override
    public void sync() throws IOException {
        add(Kind.SYNC, new byte[0]);
    }

    @Override
    public void replace(byte[] bytes) throws IOException {
        add(Kind.REPLACE, bytes);
        content = bytes;
    }

    @Override
    public String place() {
        return "memory";
    }

    @Override
    public void close() {}
}
