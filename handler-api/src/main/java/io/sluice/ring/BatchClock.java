// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;

/**
 * The time for a whole batch: a look at the clock takes as long as a command's way through the loop, so those who need the
 * time one after the other share one. One loop's thread.
 */
public final class BatchClock {
    private long nanos;
    private boolean fresh;

    BatchClock() {}

    /** {@code System.nanoTime()} now, or since somebody looked and nothing took long. */
    @HotPath
    public long now() {
        return fresh ? nanos : look();
    }

    /** {@code System.nanoTime()} now. */
    @HotPath
    public long look() {
        fresh = true;
        nanos = System.nanoTime();
        return nanos;
    }

    /** Something that may take long was done: the next one looks again. */
    @HotPath
    public void stale() {
        fresh = false;
    }
}
