// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The same sentences as the gateway's spin_test.c. */
class AdaptiveSpinTest {
    private final AdaptiveSpin spin = new AdaptiveSpin(10_000);

    /** How many of {@code n} waits were spun. */
    private int spun(int n, boolean hit) {
        int tried = 0;
        for (int i = 0; i < n; i++) {
            if (spin.budgetNanos(false) > 0) {
                spin.record(hit);
                tried++;
            }
        }
        return tried;
    }

    @Test
    void shouldGiveUpSpinsThatDoNotPayAndProbeNowAndThen() {
        assertThat(spun(100, false)).isBetween(1, 30);
        assertThat(spun(100 * HitShare.PROBE_EVERY, false)).isBetween(99, 101);
    }

    @Test
    void shouldSpinAgainOnceProbesPay() {
        spun(1_000, false);
        spun(20 * HitShare.PROBE_EVERY, true);
        assertThat(spun(1_000, true)).isEqualTo(1_000);
    }

    @Test
    void shouldKeepSpinningWhileAThirdPays() {
        int tried = 0;
        for (int i = 0; i < 3_000; i++) {
            tried += spun(1, i % 3 == 0);
        }
        assertThat(tried).isGreaterThan(2_900);
    }

    @Test
    void shouldSpinThroughAFewWakesAndNoLongerThanItsBound() {
        assertThat(new AdaptiveSpin(10_000).budgetNanos(false)).isEqualTo(40_000);
        assertThat(new AdaptiveSpin(50_000).budgetNanos(false)).isEqualTo(100_000);
    }

    @Test
    void shouldProbeBrieflyWhileSomethingElsePays() {
        assertThat(spin.budgetNanos(true)).isEqualTo(40_000); // it pays: not a probe
        spun(1_000, false);
        long longest = 0;
        for (int i = 0; i < 2 * HitShare.PROBE_EVERY; i++) {
            longest = Math.max(longest, spin.budgetNanos(true));
        }
        assertThat(longest).isEqualTo(AdaptiveSpin.BRIEF_NANOS);
    }

    @Test
    void shouldNeverSpinWhereAWakeCostsNothing() {
        AdaptiveSpin never = new AdaptiveSpin(0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(never.budgetNanos(false)).isZero();
        }
    }
}
