// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same sentences as the gateway's yield_test.c. */
class AdaptiveYieldTest {
    private static final long CHEAP = 2_000;
    private static final long SLICE = 3_000_000;

    private final AdaptiveYield yield = new AdaptiveYield();
    private long now = 1;

    /** How many of {@code n} waits began with yields, each of which ended as {@code hit} says. */
    private int yielded(int n, boolean hit, long took) {
        int tried = 0;
        for (int i = 0; i < n; i++) {
            now += 5_000;
            if (yield.isWanted(now)) {
                now += took;
                yield.record(hit, took, now);
                tried++;
            }
        }
        return tried;
    }

    @Test
    void shouldYieldAsLongAsThatPays() {
        assertThat(yielded(1_000, true, CHEAP)).isEqualTo(1_000);
    }

    @Test
    void shouldGiveUpYieldsThatDoNotPayAndProbeNowAndThen() {
        assertThat(yielded(100, false, CHEAP)).isBetween(1, 30);
        assertThat(yielded(100 * HitShare.PROBE_EVERY, false, CHEAP)).isBetween(99, 101);
    }

    @Test
    void shouldRestAfterAStrangerTookTheProcessor() {
        yielded(100, true, CHEAP);
        assertThat(yielded(1, true, SLICE)).isOne();
        long until = now + AdaptiveYield.REST * SLICE;
        now = until - 1;
        assertThat(yield.isWanted(now)).isFalse();
        assertThat(yield.isWanted(until)).isTrue();
    }

    @Test
    void shouldRestNoLongerThanItsBound() {
        yielded(1, true, 100 * SLICE);
        now += AdaptiveYield.REST_NANOS;
        assertThat(yield.isWanted(now)).isTrue();
    }

    @Test
    void shouldLoseLittleTimeToAStranger() {
        long lost = 0;
        long start = now;
        while (now - start < 10_000_000_000L) {
            now += 10_000;
            if (yield.isWanted(now)) {
                now += SLICE;
                lost += SLICE;
                yield.record(true, SLICE, now);
            }
        }
        assertThat((double) lost / (now - start)).isBetween(0.0001, 0.02);
    }

    @Test
    void shouldComeBackSoonAfterOneInterruption() {
        yielded(100, true, CHEAP);
        yielded(1, true, 2 * AdaptiveYield.DEAR_NANOS);
        now += 2 * AdaptiveYield.REST * AdaptiveYield.DEAR_NANOS;
        assertThat(yielded(100, true, CHEAP)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 1_000_000, Long.MIN_VALUE, -1, 0})
    void shouldNotCareWhereTheClockBegins(long origin) {
        now = origin;
        assertThat(yielded(10, true, CHEAP)).isEqualTo(10);
        assertThat(yielded(1, true, SLICE)).isOne();
        assertThat(yielded(1, true, SLICE)).isZero();
        now += AdaptiveYield.REST * SLICE;
        assertThat(yielded(1, true, CHEAP)).isOne();
    }
}
