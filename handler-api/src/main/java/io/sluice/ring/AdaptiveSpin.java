// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;

/**
 * Decides how long to spin before sleeping. Spinning pays if the work comes sooner than a wake-up would take; so it compares
 * the expected wait, a moving average of the past ones, with the measured price of a wake. One per queue, one thread.
 */
final class AdaptiveSpin {
    /** A wait longer than this says no more than "long". */
    private static final long CEILING_NANOS = 1_000_000;

    private final long wakeNanos;
    private long expectedNanos;

    /** @param wakeNanos price of a wake; 0 forbids spinning, as on a machine with one processor */
    AdaptiveSpin(long wakeNanos) {
        this.wakeNanos = wakeNanos;
        this.expectedNanos = wakeNanos;
    }

    /** Nanoseconds worth spinning now. */
    @HotPath
    long budgetNanos() {
        return expectedNanos < 2 * wakeNanos ? 2 * wakeNanos : 0;
    }

    /** A wait is over and took that long, spun or slept. */
    @HotPath
    void waited(long nanos) {
        long sample = Math.min(Math.max(nanos, 0), CEILING_NANOS);
        expectedNanos += (sample - expectedNanos) / 8;
    }
}
