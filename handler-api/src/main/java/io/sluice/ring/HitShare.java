// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;

/**
 * Whether something that may or may not pay is worth a try: an exponentially weighted share of tries that paid decides, and
 * a probe now and then keeps it honest. One thread's.
 */
final class HitShare {
    static final int ONE = 1 << 16;
    /** How often something that does not pay is tried all the same. */
    static final int PROBE_EVERY = 256;

    /** Optimistic at first: the few tries that miss after a start cost nothing. */
    private int share = ONE / 2;

    private int skipped;

    /** Tries pay at present. */
    @HotPath
    boolean pays() {
        return share >= ONE / 4;
    }

    /** Try it now? After a try comes {@link #record}. */
    @HotPath
    boolean isWorthTrying() {
        if (pays() || ++skipped >= PROBE_EVERY) {
            skipped = 0;
            return true;
        }
        return false;
    }

    /** What became of a try. Weight 1/16: some dozens of commands decide. */
    @HotPath
    void record(boolean hit) {
        share += ((hit ? ONE : 0) - share) / 16;
    }
}
