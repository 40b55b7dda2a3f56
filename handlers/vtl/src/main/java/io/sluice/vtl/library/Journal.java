// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inventory on stable storage: a snapshot, and behind it each change in the order in which they were made. A change is synced
 * before it counts; so after a power cut the last one is there whole or not at all, and every other one is there. When the
 * changes outgrow the snapshot, or one could not be written, a new snapshot replaces all.
 *
 * <p>Threads: guarded by who owns it.
 */
final class Journal implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final int PLACEMENTS_PER_RECORD = 4096;
    private static final long CHANGES_KEPT = 256 << 10;

    private final JournalStorage storage;
    private final Inventory inventory;
    private long ordinal;
    private long snapshotBytes;
    private long changeBytes;
    private boolean unsure;

    private Journal(JournalStorage storage, Inventory inventory) {
        this.storage = storage;
        this.inventory = inventory;
    }

    /**
     * The journal that lies there; empty if there is none.
     *
     * @throws IOException if it is damaged elsewhere than at its end, or cannot be read
     */
    static Optional<Journal> open(JournalStorage storage) throws IOException {
        Optional<byte[]> content = storage.read();
        if (content.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = content.get();
        JournalReader reader = new JournalReader(bytes, storage.place());
        Journal journal = new Journal(storage, reader.replay());
        journal.ordinal = reader.records();
        journal.changeBytes = reader.end();
        if (reader.end() < bytes.length) {
            LOG.info("{}: the last change was not complete and does not count", storage.place());
            journal.compact();
        }
        return Optional.of(journal);
    }

    /** Makes a journal of an inventory, in place of whatever lies there. */
    static Journal create(JournalStorage storage, Inventory inventory) throws IOException {
        Journal journal = new Journal(storage, inventory);
        journal.compact();
        return journal;
    }

    /** What all changes have made of it; change it through the journal only. */
    Inventory inventory() {
        return inventory;
    }

    /**
     * Makes a change that outlives a power cut when this returns.
     *
     * @throws IOException if it was not made, neither here nor there
     */
    void commit(Transition transition) throws IOException {
        inventory.check(transition);
        append(new JournalRecord.Change(transition));
        inventory.apply(transition);
    }

    /** Adds elements; as {@link #commit}. */
    void grow(Geometry larger) throws IOException {
        append(new JournalRecord.Grown(larger));
        inventory.geometry(larger);
    }

    /** Forgets the commands that were applied; as {@link #commit}. */
    void poweredOn() throws IOException {
        if (!inventory.applied().isEmpty()) {
            append(new JournalRecord.PoweredOn());
            inventory.applied().clear();
        }
    }

    private void append(JournalRecord record) throws IOException {
        if (unsure || changeBytes > CHANGES_KEPT + 2 * snapshotBytes) {
            compact();
        }
        byte[] frame = JournalFrame.encode(ordinal, JournalRecord.encode(record));
        unsure = true; // what is there if this fails, nobody knows: then a snapshot comes before the next change
        storage.append(frame);
        storage.sync();
        unsure = false;
        ordinal++;
        changeBytes += frame.length;
    }

    private void compact() throws IOException {
        List<JournalRecord> records = snapshot();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < records.size(); i++) {
            out.writeBytes(JournalFrame.encode(i, JournalRecord.encode(records.get(i))));
        }
        storage.replace(out.toByteArray());
        ordinal = records.size();
        snapshotBytes = out.size();
        changeBytes = 0;
        unsure = false;
    }

    private List<JournalRecord> snapshot() {
        List<JournalRecord> records = new ArrayList<>();
        Collection<Placement> all = inventory.all();
        List<Placement> part = new ArrayList<>();
        for (Placement placement : all) {
            part.add(placement);
            if (part.size() == PLACEMENTS_PER_RECORD) {
                records.add(new JournalRecord.Change(Transition.of(0, List.copyOf(part))));
                part.clear();
            }
        }
        if (!part.isEmpty()) {
            records.add(new JournalRecord.Change(Transition.of(0, List.copyOf(part))));
        }
        List<Long> applied = Arrays.stream(inventory.applied().toArray())
                .filter(sequence -> sequence != 0)
                .boxed()
                .toList();
        records.add(new JournalRecord.Applied(applied));
        records.addFirst(new JournalRecord.Header(inventory.id(), inventory.geometry(), records.size() + 1));
        return records;
    }

    @Override
    public void close() throws IOException {
        storage.close();
    }
}
