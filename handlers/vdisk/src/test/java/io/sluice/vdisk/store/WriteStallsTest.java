// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WriteStallsTest {
    private final long now = nearlyOverflowing();

    private final WriteStalls stalls = new WriteStalls();

    /** As {@link System#nanoTime()} may be at any time. */
    private static long nearlyOverflowing() {
        return Long.MAX_VALUE - 10;
    }

    @Test
    void shouldTryWhileWritesAreQuick() {
        for (int i = 0; i < 1000; i++) {
            assertThat(stalls.mayTry(now + i)).isTrue();
            stalls.wrote(now + i, now + i + WriteStalls.STALL_NANOS);
        }
    }

    @Test
    void shouldPauseAfterAWriteThatWaited() {
        long end = now + WriteStalls.STALL_NANOS + 1;
        stalls.wrote(now, end);
        assertThat(stalls.mayTry(end)).isFalse();
        assertThat(stalls.mayTry(end + WriteStalls.PAUSE_NANOS - 1)).isFalse();
        assertThat(stalls.mayTry(end + WriteStalls.PAUSE_NANOS)).isTrue();
        assertThat(stalls.mayTry(end)).as("the pause is over for everybody").isTrue();
    }

    @Test
    void shouldNotTryWhileAnyFlushRuns() {
        stalls.flushBegins();
        stalls.flushBegins();
        stalls.flushEnds();
        assertThat(stalls.mayTry(now)).isFalse();
        stalls.flushEnds();
        assertThat(stalls.mayTry(now)).isTrue();
    }
}
