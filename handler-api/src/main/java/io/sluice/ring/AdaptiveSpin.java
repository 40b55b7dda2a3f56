// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;

/**
 * Decides whether to spin before sleeping, as the gateway does (daemon/host/spin.h). Spinning pays when work comes sooner than
 * a few wake-ups take, and never when the spinner keeps from its processor whoever would bring the work. Nobody can
 * tell in advance, so an exponentially weighted share of spins that found work decides, and a probe now and then keeps it
 * honest. One per queue, one thread.
 */
final class AdaptiveSpin {
    static final int ONE = 1 << 16;
    /** How often a spin that does not pay is tried all the same. */
    static final int PROBE_EVERY = 256;
    /**
     * The budget in wake-ups. A round trip at depth 1 has four: initiator to gateway, to handler, and back. Who spins
     * through two of them finds the next command before it sleeps, and the two that remain are spared as well.
     */
    private static final int BUDGET_WAKES = 4;

    private static final long MAX_BUDGET_NANOS = 100_000;

    private final long budgetNanos;
    /** Optimistic at first: the few spins that miss after a start cost nothing. */
    private int hitShare = ONE / 2;

    private int skipped;

    /** @param wakeNanos price of a wake; 0 forbids spinning, as on a machine with one processor */
    AdaptiveSpin(long wakeNanos) {
        this.budgetNanos = Math.min(BUDGET_WAKES * wakeNanos, MAX_BUDGET_NANOS);
    }

    /** Nanoseconds worth spinning now; 0 for none. After a spin comes {@link #record}. */
    @HotPath
    long budgetNanos() {
        if (hitShare >= ONE / 4 || ++skipped >= PROBE_EVERY) {
            skipped = 0;
            return budgetNanos;
        }
        return 0;
    }

    /** What became of a spin. Weight 1/16: some dozens of commands decide. */
    @HotPath
    void record(boolean hit) {
        hitShare += ((hit ? ONE : 0) - hitShare) / 16;
    }
}
