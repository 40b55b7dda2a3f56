// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

/**
 * How a store cuts and syncs its log. Nothing here is part of the format: a reader takes segments of any size.
 *
 * @param segmentBytes a segment that has so many is followed by a new one
 * @param segmentObjects the same by objects; bounds the memory of an index
 * @param checkpointBytes so many bytes behind the last checkpoint there is a sync and a new one: bounds what opening has to verify
 * @param indexBytes so many bytes behind the last stored index a checkpoint stores a new one: bounds the headers that opening has to read
 * @param indexObjects the same by objects, and that is a checkpoint
 * @param cutBytes overwriting that leaves more dead bytes than this begins a new segment and gives the space back
 * @param reserveBytes room is taken in pieces of at most so many bytes
 */
record StoreShape(
        long segmentBytes,
        long segmentObjects,
        long checkpointBytes,
        long indexBytes,
        long indexObjects,
        long cutBytes,
        long reserveBytes) {
    static final StoreShape STANDARD =
            new StoreShape(1L << 30, 65_536, 128L << 20, 512L << 20, 16_384, 16L << 20, 128L << 20);
}
