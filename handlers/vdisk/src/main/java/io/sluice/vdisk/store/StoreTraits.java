// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

/**
 * What a store can do, asked once after it was opened.
 *
 * @param granularity bytes that discard works in; smaller pieces are zeroed but stay allocated
 * @param alignment bytes that offsets and lengths should be multiples of for speed
 * @param blocking calls may wait for a medium, so they do not belong on a queue loop
 * @param volatileCache a write is on the medium only after {@link BlockStore#flush}, or when it was durable
 * @param discards gives space back; else {@link BlockStore#discard} only zeroes
 * @param persistent outlives this process
 * @param readCacheBytes how much {@link BlockStore#prefetch} can make quick to read; 0 without a cache
 */
public record StoreTraits(
        int granularity,
        int alignment,
        boolean blocking,
        boolean volatileCache,
        boolean discards,
        boolean persistent,
        long readCacheBytes) {}
