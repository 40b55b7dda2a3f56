// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The shipped configuration of one disk behind two portals in two target port groups. */
@Tag("e2e")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MultipathTest {
    private static final String TARGET = "iqn.2026-11.io.sluice:multipath";

    private final int first = RunningSluice.freePort();
    private final int second = RunningSluice.freePort();
    private final RunningSluice sluice = RunningSluice.startAsConfigured(configuration());

    private String configuration() {
        try {
            return Files.readString(RunningSluice.CHECKOUT.resolve("appliance/config/multipath.toml"))
                    .replace("3260,1", first + ",1")
                    .replace("3261,2", second + ",2");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @AfterAll
    void stop() {
        sluice.close();
    }

    private static String url(int port) {
        return "iscsi://127.0.0.1:" + port + "/" + TARGET + "/0";
    }

    @ParameterizedTest
    @ValueSource(strings = {"MultipathIO", "CompareAndWrite", "TestUnitReady"})
    void shouldPass(String family) {
        Shell run = Shell.run("iscsi-test-cu", "-d", "-n", "-t", "ALL." + family, url(first), url(second));
        ConformanceReport report = ConformanceReport.parse(run.output());
        assertThat(report.ran()).as(report.output()).isPositive();
        assertThat(report.failed()).as(report.output()).isZero();
        assertThat(report.skips()).as(report.output()).isEmpty();
    }

    @Test
    void shouldOfferBothPortalsWithTheirGroupsInDiscovery() {
        assertThat(Shell.must("iscsi-ls", "iscsi://127.0.0.1:" + first))
                .contains("127.0.0.1:" + first + ",1", "127.0.0.1:" + second + ",2");
    }

    /** The same unit on both paths, each with the port and the group that it was asked through. */
    @Test
    void shouldNameOneUnitAndTwoPorts() {
        String one = Shell.must("iscsi-inq", "-e", "1", "-c", "131", url(first));
        String two = Shell.must("iscsi-inq", "-e", "1", "-c", "131", url(second));
        assertThat(one).contains(TARGET + ",t,0x0001").doesNotContain(",t,0x0002");
        assertThat(two).contains(TARGET + ",t,0x0002").doesNotContain(",t,0x0001");
    }

    @Test
    void shouldCloseAndOpenAPathWhileInitiatorsAreThere() throws IOException {
        assertThat(reads(second)).isTrue();
        assertThat(sluice.command("access", "2", "standby").status()).isZero();
        assertThat(reads(second)).isFalse();
        assertThat(reads(first)).isTrue();
        assertThat(sluice.command("access", "2", "active-non-optimized").status())
                .isZero();
        assertThat(reads(second)).isTrue();
        assertThat(sluice.command("access", "2", "asleep").output()).contains("choose one of");
    }

    private static boolean reads(int port) {
        return Shell.run("qemu-io", "-r", "-f", "raw", "-c", "read 0 4096", url(port))
                        .status()
                == 0;
    }

    /** A read-only LUN comes, and goes, with the file. */
    @Test
    void shouldApplyTheFileAgain() throws IOException {
        String before = Files.readString(sluice.home().resolve("sluice.toml"));
        String lun = "    [[target.lun]]\n    lun = 5\n    device = \"disk\"\n    read_only = true\n\n# Without";
        Files.writeString(sluice.home().resolve("sluice.toml"), before.replace("# Without", lun));
        try {
            assertThat(sluice.command("reload").output()).contains("group default: LUN 5 is disk, read-only");
            assertThat(luns()).contains("Lun:0 ", "Lun:5 ");
            JsonNode luns = sluice.status().path("targets").path(0).path("luns");
            assertThat(luns.path(1).path("read_only").booleanValue()).isTrue();
        } finally {
            Files.writeString(sluice.home().resolve("sluice.toml"), before);
        }
        assertThat(sluice.command("reload").output()).contains("group default: LUN 5 unmapped");
        assertThat(luns()).contains("Lun:0 ").doesNotContain("Lun:5 ");
        assertThat(sluice.command("reload").output()).contains("nothing has changed");
    }

    private String luns() {
        return Shell.must("iscsi-ls", "-s", "iscsi://127.0.0.1:" + first);
    }
}
