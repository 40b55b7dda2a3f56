// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads a journal from its start to its end, or to a change that a power cut left incomplete. */
final class JournalReader {
    private final byte[] bytes;
    private final String place;
    private int at;
    private long ordinal;
    private int snapshotRecords = 1;

    JournalReader(byte[] bytes, String place) {
        this.bytes = bytes;
        this.place = place;
    }

    /** Bytes of whole records, from the start. */
    int end() {
        return at;
    }

    long records() {
        return ordinal;
    }

    /**
     * The inventory after the last whole change.
     *
     * @throws IOException if anything but the end is damaged
     */
    Inventory replay() throws IOException {
        Inventory inventory = null;
        while (at < bytes.length) {
            ByteBuffer record = JournalFrame.decode(bytes, at, ordinal);
            if (record == null) {
                break;
            }
            int size = JournalFrame.size(record);
            try {
                inventory = apply(inventory, JournalRecord.decode(record));
            } catch (IllegalArgumentException | BufferUnderflowException wrong) {
                throw damaged(wrong.getMessage(), wrong);
            }
            at += size;
            ordinal++;
        }
        if (inventory == null || ordinal < snapshotRecords || JournalFrame.followedByRecord(bytes, at, ordinal)) {
            throw damaged("a checksum is wrong", null);
        }
        return inventory;
    }

    private Inventory apply(@Nullable Inventory inventory, JournalRecord record) {
        if (inventory == null) {
            if (record instanceof JournalRecord.Header header) {
                snapshotRecords = header.snapshotRecords();
                return new Inventory(header.id(), header.geometry());
            }
            throw new IllegalArgumentException("it does not begin with its header");
        }
        switch (record) {
            case JournalRecord.Header again -> throw new IllegalArgumentException("it has a second header");
            case JournalRecord.Change change -> {
                inventory.check(change.transition());
                inventory.apply(change.transition());
            }
            case JournalRecord.Grown grown -> inventory.geometry(grown.geometry());
            case JournalRecord.Applied applied -> applied.sequences().forEach(inventory.applied()::add);
            case JournalRecord.PoweredOn nothing -> inventory.applied().clear();
        }
        return inventory;
    }

    private IOException damaged(@Nullable String how, @Nullable Exception cause) {
        return new IOException(
                place + ": damaged at byte " + at + " of " + bytes.length + " (" + how
                        + "): restore it from a copy, or remove it and all cartridges are put into storage slots anew",
                cause);
    }
}
