// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ConformanceReportTest {
    private static final String OUTPUT = """
                [SKIPPED] UNMAP is not implemented.
                [FAILED] READ10 has bad status

            Run Summary:    Type  Total    Ran Passed Failed Inactive
                          suites      1      1    n/a      0        0
                           tests      3      3      2      1        0
                         asserts      2      2      2      0      n/a

            Tests completed with return value: 0
            """;

    @Test
    void shouldFindFailuresAndSkipsThatTheExitStatusHides() {
        ConformanceReport report = ConformanceReport.parse(OUTPUT);
        assertThat(report.ran()).isEqualTo(3);
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.skips()).containsExactly("[SKIPPED] UNMAP is not implemented.");
    }

    @Test
    void shouldNotTakeALoginFailureForSuccess() {
        assertThatThrownBy(() -> ConformanceReport.parse("Login Failed.")).isInstanceOf(AssertionError.class);
    }
}
