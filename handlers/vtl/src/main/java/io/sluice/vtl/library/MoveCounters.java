// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.util.concurrent.atomic.LongAdder;

/** Moves since the library was opened. Threads: any. */
public final class MoveCounters {
    private final LongAdder moved = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();

    MoveCounters() {}

    void count(MoveResult result, int cartridges) {
        switch (result) {
            case MOVED -> moved.add(cartridges);
            case DRIVE_FAILED, NOT_RECORDED -> failed.increment();
            default -> refused.increment();
        }
    }

    /** Cartridges that were moved. */
    public long moved() {
        return moved.sum();
    }

    /** Moves that could not be as they were asked for. */
    public long refused() {
        return refused.sum();
    }

    /** Moves that a drive or the storage failed. */
    public long failed() {
        return failed.sum();
    }
}
