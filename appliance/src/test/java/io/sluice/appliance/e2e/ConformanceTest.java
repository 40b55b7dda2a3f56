// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** libiscsi's conformance tests on LUN 0, family by family. */
@Tag("e2e")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {
    /** Commands that this version does not have. */
    private static final Set<String> LEFT_OUT =
            Set.of("ExtendedCopy", "ReceiveCopyResults", "Sanitize", "WriteAtomic16");

    /** Skips that are no gap: of optional commands that the disk does not offer, and of what LUN 0 is not. */
    private static final List<String> FAIR_SKIPS = List.of(
            "[SKIPPED] ORWRITE is not implemented.",
            "[SKIPPED] READDEFECTDATA10 is not implemented.",
            "[SKIPPED] READDEFECTDATA12 is not implemented.",
            "[SKIPPED] Logical unit is not write-protected. Skipping test.",
            "[SKIPPED] Multipath unavailable. Skipping test");

    private final RunningSluice sluice = RunningSluice.start();

    @BeforeAll
    void shouldHaveInitiators() {
        assertThat(Shell.must("iscsi-ls", "-s", "iscsi://" + sluice.portal())).contains(RunningSluice.TARGET);
    }

    @AfterAll
    void stop() {
        sluice.close();
    }

    static Stream<String> families() {
        return Shell.must("iscsi-test-cu", "-l")
                .lines()
                .filter(line -> line.matches("ALL\\.[^.]+"))
                .map(line -> line.substring("ALL.".length()))
                .filter(family -> !LEFT_OUT.contains(family));
    }

    @ParameterizedTest
    @MethodSource("families")
    void shouldPass(String family) {
        Shell run = Shell.run("iscsi-test-cu", "-d", "-n", "-t", "ALL." + family, sluice.url(0));
        ConformanceReport report = ConformanceReport.parse(run.output());
        assertThat(report.ran()).as(report.output()).isPositive();
        assertThat(report.failed()).as(report.output()).isZero();
        assertThat(report.skips()).as(report.output()).allMatch(FAIR_SKIPS::contains);
    }
}
