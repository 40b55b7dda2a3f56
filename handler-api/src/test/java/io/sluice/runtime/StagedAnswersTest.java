// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StagedAnswersTest {
    private static final int CAPACITY = 64;
    private static final int[] OPCODES = {0x00, 0x28, 0x2A, 0xFF};
    private static final int[] STATUSES = {0x00, 0x02, 0x40};

    private final StagedAnswers staged = new StagedAnswers(CAPACITY);
    private final CommandCounters counters = new CommandCounters();

    @Test
    void shouldCountABatchOfOneKindAtOnce() {
        for (int i = 0; i < CAPACITY; i++) {
            staged.add(counters, 0x28, 0, 2, 4096, 1_000);
        }
        assertThat(counters.endedCount()).isZero();
        staged.count(3_000);
        assertThat(counters.endedCount()).isEqualTo(CAPACITY);
        assertThat(counters.count(0x28, 0)).isEqualTo(CAPACITY);
        assertThat(counters.bytesIn()).isEqualTo(CAPACITY * 4096L);
        assertThat(counters.nanos()).isEqualTo(CAPACITY * 2_000L);
        assertThat(counters.bucket(1)).isEqualTo(CAPACITY);
    }

    @Test
    void shouldCountNothingTwice() {
        staged.add(counters, 0x28, 0, 2, 512, 1);
        assertThat(staged.isEmpty()).isFalse();
        staged.count(2);
        assertThat(staged.isEmpty()).isTrue();
        staged.count(3);
        assertThat(counters.endedCount()).isEqualTo(1);
        assertThat(counters.bytesIn()).isEqualTo(512);
    }

    @Test
    void shouldTellTimesOfTakingApart() {
        staged.add(counters, 0x28, 0, 2, 0, 0);
        staged.add(counters, 0x28, 0, 2, 0, 500_000);
        staged.count(1_000_000);
        assertThat(counters.nanos()).isEqualTo(1_500_000);
        assertThat(counters.bucket(10)).isEqualTo(1); // below 1,048,576 ns
        assertThat(counters.bucket(9)).isEqualTo(1);
    }

    @Test
    void shouldCountAnyMixtureAsIfOneByOne() {
        SplittableRandom random = new SplittableRandom(20261127);
        CommandCounters[] staggered = {new CommandCounters(), new CommandCounters()};
        CommandCounters[] plain = {new CommandCounters(), new CommandCounters()};
        for (int batch = 0; batch < 2_000; batch++) {
            long now = batch * 1_000L + 900;
            for (int i = random.nextInt(CAPACITY + 1); i > 0; i--) {
                int device = random.nextInt(8) == 0 ? 1 : 0;
                int opcode = OPCODES[random.nextInt(8) == 0 ? random.nextInt(OPCODES.length) : 1];
                int status = STATUSES[random.nextInt(8) == 0 ? random.nextInt(STATUSES.length) : 0];
                int direction = opcode == 0x2A ? 1 : 2;
                long bytes = random.nextLong(1L << 32);
                long taken = now - (random.nextInt(8) == 0 ? 100_000 : 700);
                staged.add(staggered[device], opcode, status, direction, bytes, taken);
                plain[device].ended(1, opcode, status, direction, bytes, now - taken);
            }
            staged.count(now);
        }
        for (int device = 0; device < 2; device++) {
            assertSame(staggered[device], plain[device]);
        }
    }

    private static void assertSame(CommandCounters actual, CommandCounters expected) {
        assertThat(actual.endedCount()).isEqualTo(expected.endedCount()).isPositive();
        assertThat(actual.bytesIn()).isEqualTo(expected.bytesIn());
        assertThat(actual.bytesOut()).isEqualTo(expected.bytesOut());
        assertThat(actual.nanos()).isEqualTo(expected.nanos());
        for (int bucket = 0; bucket < CommandCounters.BUCKETS; bucket++) {
            assertThat(actual.bucket(bucket)).isEqualTo(expected.bucket(bucket));
        }
        for (int opcode : OPCODES) {
            for (int slot = 0; slot < CommandCounters.STATUS_SLOTS; slot++) {
                assertThat(actual.count(opcode, slot)).isEqualTo(expected.count(opcode, slot));
            }
        }
    }
}
