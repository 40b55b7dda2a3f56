// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;

/**
 * Decides whether to spin before sleeping, as the gateway does (daemon/host/spin.h). Spinning pays when work comes sooner than
 * a few wake-ups take, and never when the spinner keeps from its processor whoever would bring the work. Nobody can
 * tell in advance, so a {@link HitShare} of spins that found work decides. One per queue, one thread.
 */
final class AdaptiveSpin {
    /**
     * The budget in wake-ups. A round trip at depth 1 has four: initiator to gateway, to handler, and back. Who spins
     * through two of them finds the next command before it sleeps, and the two that remain are spared as well.
     */
    private static final int BUDGET_WAKES = 4;

    private static final long MAX_BUDGET_NANOS = 100_000;
    /** So long is a probe while something else pays: an answer from another processor is there by then. */
    static final long BRIEF_NANOS = 5_000;

    private final long budgetNanos;
    private final HitShare share = new HitShare();

    /** @param wakeNanos price of a wake; 0 forbids spinning, as on a machine with one processor */
    AdaptiveSpin(long wakeNanos) {
        this.budgetNanos = Math.min(BUDGET_WAKES * wakeNanos, MAX_BUDGET_NANOS);
    }

    /**
     * Nanoseconds worth spinning now; 0 for none. After a spin comes {@link #record}.
     *
     * @param elsePays a way to wait that keeps nobody from the processor pays at present: then a probe is brief
     */
    @HotPath
    long budgetNanos(boolean elsePays) {
        if (share.pays() || !elsePays) {
            return share.isWorthTrying() ? budgetNanos : 0;
        }
        return share.isWorthTrying() ? Math.min(budgetNanos, BRIEF_NANOS) : 0;
    }

    /** What became of a spin. */
    @HotPath
    void record(boolean hit) {
        share.record(hit);
    }
}
