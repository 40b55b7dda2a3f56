// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.handler.HotPath;
import io.sluice.vtl.store.format.Checkpoint;
import io.sluice.vtl.store.format.GrowingBuffer;
import io.sluice.vtl.store.format.IndexImage;
import io.sluice.vtl.store.format.IndexPage;
import io.sluice.vtl.store.format.Mount;
import io.sluice.vtl.store.format.SegmentHeader;
import io.sluice.vtl.store.format.SegmentScan;
import io.sluice.vtl.store.storage.StorageObject;
import io.sluice.vtl.store.storage.StorageSpace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A segment that is only read: one page of its index in memory; all of it, made from the log, if the stored one is damaged. */
final class SealedSegment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SealedSegment.class);

    private final Arena arena = Arena.ofShared();
    private final GrowingBuffer page = new GrowingBuffer(arena, IndexPage.BYTES);
    private final SegmentTable.Segment segment;
    private final StorageObject data;
    private final @Nullable StorageObject index;
    private final Mount mount;
    private long loaded;
    private @Nullable IndexImage rebuilt;

    private SealedSegment(
            SegmentTable.Segment segment, StorageObject data, @Nullable StorageObject index, Mount mount) {
        this.segment = segment;
        this.data = data;
        this.index = index;
        this.mount = mount;
    }

    static SealedSegment open(
            StorageSpace space, int partition, UUID cartridge, SegmentTable.Segment segment, boolean salvage)
            throws IOException {
        StorageObject data = space.open(ObjectNames.data(partition, segment.number()), false);
        StorageObject index = null;
        try (Arena scratch = Arena.ofConfined()) {
            GrowingBuffer buffer = new GrowingBuffer(scratch, SegmentHeader.BYTES);
            Mount mount = readHeader(space, partition, cartridge, segment.number(), data, buffer, salvage);
            index = openIndex(space, partition, segment.number());
            return new SealedSegment(segment, data, index, mount);
        } catch (IOException e) {
            data.close();
            if (index != null) {
                index.close();
            }
            throw e;
        }
    }

    /** Reads and checks the head of a segment. To {@code salvage}, one that is damaged is done without: its records name the segment, too. */
    static Mount readHeader(
            StorageSpace space,
            int partition,
            UUID cartridge,
            int number,
            StorageObject data,
            GrowingBuffer buffer,
            boolean salvage)
            throws IOException {
        String what = space.name() + "/" + ObjectNames.data(partition, number);
        long have = data.read(0, buffer.segment(), 0, SegmentHeader.BYTES);
        if (salvage && !SegmentHeader.whole(buffer, have)) {
            LOG.warn("the head of segment {} is damaged: what the records name is read all the same", what);
            return Mount.NONE;
        }
        SegmentHeader header = SegmentHeader.get(buffer, have, what);
        if (!header.cartridge().equals(cartridge) || header.segment() != number || header.partition() != partition) {
            throw new IOException(what + " belongs to another cartridge or place: restore the file that was there");
        }
        return header.mount();
    }

    private static @Nullable StorageObject openIndex(StorageSpace space, int partition, int number) throws IOException {
        try {
            return space.open(ObjectNames.index(partition, number), false);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    int number() {
        return segment.number();
    }

    StorageObject data() {
        return data;
    }

    /** True if {@link #load} has the page in memory. */
    @HotPath
    boolean isLoaded(long object) {
        return rebuilt != null || loaded == (object - segment.first()) / IndexPage.ENTRIES + 1;
    }

    /** Loads the page that has the object: false if it cannot be had, also not from the log. */
    @HotPath
    boolean load(long object) {
        if (rebuilt != null) {
            return object < rebuilt.end().objects;
        }
        long wanted = (object - segment.first()) / IndexPage.ENTRIES + 1;
        if (loaded == wanted) {
            return object - IndexPage.firstObject(page.segment(), 0) < IndexPage.count(page.segment(), 0)
                    || rebuild(object);
        }
        loaded = 0;
        if (index != null
                && index.read(wanted * IndexPage.BYTES, page.segment(), 0, IndexPage.BYTES) == IndexPage.BYTES
                && IndexPage.valid(page, 0, wanted, segment.number())
                && IndexPage.firstObject(page.segment(), 0) == segment.first() + (wanted - 1) * IndexPage.ENTRIES) {
            loaded = wanted;
            return object - IndexPage.firstObject(page.segment(), 0) < IndexPage.count(page.segment(), 0)
                    || rebuild(object);
        }
        return rebuild(object);
    }

    /** The page that {@link #load} found. */
    @HotPath
    MemorySegment memory() {
        return rebuilt != null ? rebuilt.buffer().segment() : page.segment();
    }

    /** Where it begins in {@link #memory}. */
    @HotPath
    long pageAt(long object) {
        return rebuilt != null ? rebuilt.pageAt(object) : 0;
    }

    private boolean rebuild(long object) {
        IndexImage image = new IndexImage(arena);
        image.reset(segment.number(), segment.before());
        GrowingBuffer buffer = new GrowingBuffer(arena, IndexPage.BYTES);
        SegmentScan scan = new SegmentScan(
                data,
                segment.number(),
                SegmentHeader.BYTES,
                segment.end(),
                segment.first(),
                segment.first(),
                mount,
                buffer);
        try {
            scan.into(image, Long.MAX_VALUE);
        } catch (IOException e) {
            return false;
        }
        rebuilt = image;
        return object < image.end().objects;
    }

    /** Reads the stored index of a segment whole into an image's buffer; null if there is none that can be used. */
    static @Nullable Checkpoint readIndex(
            StorageSpace space, int partition, UUID cartridge, SegmentTable.Segment segment, IndexImage image)
            throws IOException {
        String name = ObjectNames.index(partition, segment.number());
        try (StorageObject stored = space.open(name, false)) {
            image.buffer().ensure(Math.max(stored.length(), IndexPage.BYTES));
            long have = stored.read(0, image.buffer().segment(), 0, stored.length());
            Checkpoint at = have < IndexPage.BYTES ? null : Checkpoint.get(image.buffer(), space.name() + "/" + name);
            if (at == null
                    || !at.cartridge().equals(cartridge)
                    || at.segment() != segment.number()
                    || !image.adopt(segment.number(), segment.before(), at.objects(), have)) {
                return null;
            }
            return at;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        data.close();
        if (index != null) {
            index.close();
        }
        arena.close();
    }
}
