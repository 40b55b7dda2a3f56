// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OutcomeTest {
    @ParameterizedTest
    @EnumSource(StoreFailure.class)
    void shouldCarryFailureAndProgress(StoreFailure failure) {
        long outcome = Outcome.failed(failure, 1L << 50);
        assertThat(Outcome.isOk(outcome)).isFalse();
        assertThat(Outcome.failure(outcome)).isEqualTo(failure);
        assertThat(Outcome.bytesDone(outcome)).isEqualTo(1L << 50);
        assertThat(Outcome.bytesDone(Outcome.after(512, outcome))).isEqualTo((1L << 50) + 512);
        assertThat(Outcome.after(512, Outcome.OK)).isEqualTo(Outcome.OK);
    }
}
