// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CHAP in both directions, allow-lists and groups, with libiscsi. */
@Tag("e2e")
class ChapTest {
    private static final String CHAP = """

            [target.chap]
            user = "initiator"
            secret = "initiators-own"
            mutual_user = "target"
            mutual_secret = "targets-own-one"
            """;

    private static RunningSluice withChap() {
        return RunningSluice.start(RunningSluice.shippedConfiguration() + CHAP);
    }

    private static Shell inquire(String url) {
        return Shell.run("iscsi-inq", url);
    }

    private static String url(RunningSluice sluice, String user, String secret, String query) {
        return "iscsi://%s%%%s@%s/%s/0%s".formatted(user, secret, sluice.portal(), RunningSluice.TARGET, query);
    }

    @Test
    void shouldCopyAnImageUnderMutualChap(@TempDir Path directory) throws Exception {
        Path image = directory.resolve("image");
        byte[] noise = new byte[32 << 20];
        new java.util.SplittableRandom(7).nextBytes(noise);
        Files.write(image, noise);
        try (RunningSluice sluice = withChap()) {
            // qemu drops what it does not know from a URL, so libiscsi learns the credentials from the environment.
            Map<String, String> credentials = Map.of(
                    "LIBISCSI_CHAP_USERNAME", "initiator",
                    "LIBISCSI_CHAP_PASSWORD", "initiators-own",
                    "LIBISCSI_CHAP_TARGET_USERNAME", "target",
                    "LIBISCSI_CHAP_TARGET_PASSWORD", "targets-own-one");
            Path back = directory.resolve("back");
            Shell there = Shell.run(
                    credentials,
                    List.of("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image.toString(), sluice.url(0)));
            assertThat(there.status()).as(there.output()).isZero();
            Shell again = Shell.run(
                    credentials,
                    List.of("qemu-img", "convert", "-f", "raw", "-O", "raw", sluice.url(0), back.toString()));
            assertThat(again.status()).as(again.output()).isZero();
            try (java.io.InputStream in = Files.newInputStream(back)) {
                assertThat(in.readNBytes(noise.length)).isEqualTo(noise);
            }
        }
    }

    @Test
    void shouldRefuseWrongOrMissingSecrets() {
        try (RunningSluice sluice = withChap()) {
            assertThat(inquire(url(sluice, "initiator", "initiators-own", "")).status())
                    .isZero();
            assertThat(inquire(sluice.url(0)).status()).isNotZero();
            assertThat(inquire(url(sluice, "initiator", "something-else", "")).status())
                    .isNotZero();
            assertThat(inquire(url(sluice, "stranger", "initiators-own", "")).status())
                    .isNotZero();
            // The target must prove itself with its own secret, not with what this initiator expects.
            assertThat(inquire(url(
                                    sluice,
                                    "initiator",
                                    "initiators-own",
                                    "?target_user=target&target_password=wrong-secret-1"))
                            .status())
                    .isNotZero();
        }
    }

    @Test
    void shouldAskForASecretAtDiscovery() {
        String configuration = RunningSluice.shippedConfiguration()
                + "\n[discovery.chap]\nuser = \"discoverer\"\nsecret = \"discovery-secret\"\n";
        try (RunningSluice sluice = RunningSluice.start(configuration)) {
            assertThat(Shell.run("iscsi-ls", "iscsi://" + sluice.portal()).output())
                    .doesNotContain(RunningSluice.TARGET);
            Map<String, String> secret =
                    Map.of("LIBISCSI_CHAP_USERNAME", "discoverer", "LIBISCSI_CHAP_PASSWORD", "discovery-secret");
            assertThat(Shell.run(secret, List.of("iscsi-ls", "iscsi://" + sluice.portal()))
                            .output())
                    .contains(RunningSluice.TARGET);
        }
    }

    @Test
    void shouldShowEachGroupItsOwnLunsAndKeepStrangersOut() throws Exception {
        String configuration = RunningSluice.shippedConfiguration()
                        .replace("#allow = [\"iqn.1993-08.org.debian:*\"]", "allow = [\"iqn.2026-11.test:friend*\"]")
                + """

                [[target.group]]
                name = "backup"
                initiators = ["iqn.2026-11.test:backup?"]

                [[target.group.lun]]
                lun = 5
                device = "readme"
                """;
        try (RunningSluice sluice = RunningSluice.start(configuration)) {
            assertThat(luns(sluice, "iqn.2026-11.test:friend-1"))
                    .contains("Lun:0 ", "Lun:3 ")
                    .doesNotContain("Lun:5 ");
            assertThat(luns(sluice, "iqn.2026-11.test:backup1"))
                    .contains("Lun:5 ")
                    .doesNotContain("Lun:0 ");
            assertThat(luns(sluice, "iqn.2026-11.test:stranger")).doesNotContain("Lun:");
        }
    }

    /** What an initiator sees of the target with the disks. */
    private static String luns(RunningSluice sluice, String initiator) {
        String all = Shell.run("iscsi-ls", "-s", "-i", initiator, "iscsi://" + sluice.portal())
                .output();
        return Stream.of(all.split("(?m)^Target:"))
                .filter(target -> target.startsWith(RunningSluice.TARGET + " "))
                .collect(Collectors.joining());
    }
}
