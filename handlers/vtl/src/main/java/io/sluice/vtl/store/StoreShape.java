// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

/**
 * How a store cuts and syncs its log. Nothing here is part of the format: a reader takes segments of any size.
 *
 * @param segmentBytes a segment that has so many is followed by a new one
 * @param segmentObjects the same by objects; bounds the memory of an index
 * @param checkpointBytes so many bytes behind the last checkpoint there is a sync and a new one: bounds what opening has to verify
 * @param checkpointObjects the same by objects
 * @param cutBytes overwriting that leaves more dead bytes than this begins a new segment and gives the space back
 * @param writebackBytes so many bytes are given to the medium at once, without waiting
 */
record StoreShape(
        long segmentBytes,
        long segmentObjects,
        long checkpointBytes,
        long checkpointObjects,
        long cutBytes,
        long writebackBytes) {
    static final StoreShape STANDARD = new StoreShape(1L << 30, 65_536, 128L << 20, 16_384, 16L << 20, 8L << 20);
}
