// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;

/**
 * Decides whether to give the processor away before sleeping, as the gateway does (daemon/host/yield.h). It pays when the
 * gateway waits for that very processor: it brings work, gives it back in the same way, and neither side made a call to
 * sleep or to wake the other. It never pays when the gateway runs elsewhere, and is dear when a stranger takes what was
 * given: he keeps it for a slice of the scheduler, a thousand wake-ups long. So a share of yields that paid decides, and after a dear
 * one there is a rest that makes the time lost to strangers a small part of all time. One per queue, one thread.
 */
final class AdaptiveYield {
    /** Yields before a sleep; two who share a processor need one. */
    static final int LOOKS = 8;
    /** Longer than a gateway takes that is worth waiting for awake. */
    static final long DEAR_NANOS = 100_000;
    /** So many times as long as a dear one took, none is tried. */
    static final int REST = 128;
    /** But no longer: a stranger's longest turn is no measure of the next. */
    static final long REST_NANOS = 500_000_000;

    private final HitShare share = new HitShare();
    private boolean rests;
    private long restUntilNanos;

    /** Try it now? After a try comes {@link #record}. */
    @HotPath
    boolean isWanted(long nowNanos) {
        if (rests && nowNanos - restUntilNanos < 0) {
            return false;
        }
        rests = false;
        return share.isWorthTrying();
    }

    /** They pay at present. */
    @HotPath
    boolean pays() {
        return share.pays();
    }

    /** What became of a try, now, and how long the longest of its yields took. */
    @HotPath
    void record(boolean hit, long longestNanos, long nowNanos) {
        rests = longestNanos > DEAR_NANOS;
        share.record(hit && !rests);
        if (rests) {
            restUntilNanos = nowNanos + Math.min(REST * longestNanos, REST_NANOS);
        }
    }
}
