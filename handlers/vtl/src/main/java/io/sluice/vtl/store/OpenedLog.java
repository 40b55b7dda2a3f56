// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.store.format.Checkpoint;
import io.sluice.vtl.store.format.GrowingBuffer;
import io.sluice.vtl.store.format.IndexImage;
import io.sluice.vtl.store.format.IndexPage;
import io.sluice.vtl.store.format.Mount;
import io.sluice.vtl.store.format.SegmentHeader;
import io.sluice.vtl.store.format.SegmentScan;
import io.sluice.vtl.store.format.TwinRecord;
import io.sluice.vtl.store.storage.StorageObject;
import io.sluice.vtl.store.storage.StorageSpace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of a partition as it was found, ready to be read and to grow. */
record OpenedLog(
        StorageSpace space,
        UUID cartridge,
        int partition,
        OpenSegment open,
        ObjectIndex index,
        SealedSegments sealed,
        boolean clean) {
    private static final Logger LOG = LoggerFactory.getLogger(OpenedLog.class);

    /**
     * Opens it: reads the table of segments, the open one's index, and what was written behind that. Where the log's end is damaged it
     * must not grow; if nobody may write, what is left can be read, and what is lost counts as damaged objects.
     *
     * @throws IOException if it is damaged beyond use, with the remedy
     */
    static OpenedLog open(StorageSpace space, UUID cartridge, int partition, UUID writer, boolean writable, Arena arena)
            throws IOException {
        GrowingBuffer buffer = new GrowingBuffer(arena, 1 << 16);
        SegmentTable table = readTable(space, cartridge, partition, buffer);
        SegmentTable.Segment last = table.open();
        StorageObject log = space.open(ObjectNames.data(partition, last.number()), writable);
        try {
            Mount made = SealedSegment.readHeader(space, partition, cartridge, last.number(), log, buffer, !writable);
            IndexImage image = new IndexImage(arena);
            Checkpoint at = SealedSegment.readIndex(space, partition, cartridge, last, image);
            if (at == null) {
                image.reset(last.number(), last.before());
                at = new Checkpoint(cartridge, partition, last.number(), made, SegmentHeader.BYTES, 0);
            }
            if (at.end() > log.length()) {
                damaged(space, last.number(), log.length(), writable);
            }
            boolean clean = at.end() >= log.length();
            SegmentScan scan = clean ? null : scan(space, log, last, at, image, buffer, writable);
            long end = scan == null ? at.end() : scan.position();
            Mount mount = scan == null ? at.mount() : scan.mount();
            OpenSegment open = new OpenSegment(image, buffer, writer, log, last.number(), mount, end);
            SealedSegments sealed = new SealedSegments(space, partition, cartridge, !writable);
            ObjectIndex index = new ObjectIndex(table, open, sealed);
            return new OpenedLog(space, cartridge, partition, open, index, sealed, clean);
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /** Reads the tail as the medium has it, and no more of it than is whole. */
    private static SegmentScan scan(
            StorageSpace space,
            StorageObject log,
            SegmentTable.Segment last,
            Checkpoint at,
            IndexImage image,
            GrowingBuffer buffer,
            boolean writable)
            throws IOException {
        // What an earlier process could not sync, the kernel may still show; forgotten, it is read as the medium has
        // it.
        boolean synced = log.sync() == MediumResult.OK;
        log.forgetCached();
        if (!synced && log.sync() != MediumResult.OK) {
            throw new IOException(space.name() + " cannot be synced: " + log.failure());
        }
        long object = last.first() + at.objects();
        SegmentScan headers =
                new SegmentScan(log, last.number(), at.end(), log.length(), last.first(), object, at.mount(), buffer);
        long durable = Math.max(headers.durable(), at.end());
        SegmentScan scan =
                new SegmentScan(log, last.number(), at.end(), log.length(), last.first(), object, at.mount(), buffer);
        scan.into(image, durable);
        if (scan.isDamagedHere()) {
            damaged(space, last.number(), scan.position(), writable);
            scan.salvage(image, durable);
        }
        return scan;
    }

    /** What was on stable storage is not there: goes on only if nothing will be written. */
    private static void damaged(StorageSpace space, int segment, long at, boolean writable) throws IOException {
        String what = space.name() + ": segment " + segment + " is damaged at byte " + at
                + ", and what was there or follows was on stable storage: ";
        if (writable) {
            throw new IOException(what + "restore the file, or set the write protect switch, see with sluice tape check"
                    + " what is lost, and save the rest with sluice tape export");
        }
        LOG.warn(
                "{}the rest is read all the same; if the loss was of an overwrite, what is in front may be older",
                what);
    }

    static SegmentTable readTable(StorageSpace space, UUID cartridge, int partition, GrowingBuffer buffer)
            throws IOException {
        String name = ObjectNames.segments(partition);
        return SegmentTable.decode(
                readOwn(space, cartridge, name, TwinRecord.SEGMENTS, buffer), space.name() + "/" + name);
    }

    /** The content of a record that names the cartridge it belongs to. */
    static byte[] readOwn(StorageSpace space, UUID cartridge, String name, int kind, GrowingBuffer buffer)
            throws IOException {
        TwinRecord twin = readTwin(space, name, kind, buffer);
        if (!twin.cartridge().equals(cartridge)) {
            throw new IOException(
                    space.name() + "/" + name + " belongs to another cartridge: restore the file that was there");
        }
        return twin.content();
    }

    static TwinRecord readTwin(StorageSpace space, String name, int kind, GrowingBuffer buffer) throws IOException {
        try (StorageObject record = space.open(name, false)) {
            buffer.ensure(Math.max(record.length(), IndexPage.BYTES));
            long have = record.read(0, buffer.segment(), 0, record.length());
            return TwinRecord.get(buffer, have, kind, space.name() + "/" + name);
        }
    }
}
