// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images go to LUN 0 and come back the same, by qemu's initiator. */
@Tag("e2e")
class ImageCopyTest {
    private static final long MIB = 1 << 20;
    private static final long SEED = System.nanoTime();

    @TempDir
    Path directory = Path.of("");

    private Path image = Path.of("");

    @BeforeEach
    void makeImage() throws IOException {
        System.setProperty("sluice.seed", Long.toString(SEED));
        image = random("image", 512 * MIB);
    }

    /** Noise with a hole in it, as images have. */
    private Path random(String name, long bytes) throws IOException {
        Path file = directory.resolve(name);
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] chunk = new byte[(int) MIB];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long at = 0; at < bytes; at += MIB) {
                if (at % (16 * MIB) == 0) {
                    java.util.Arrays.fill(chunk, (byte) 0);
                } else {
                    random.nextBytes(chunk);
                }
                out.write(chunk);
            }
        }
        return file;
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A part of the LUN as qemu's options name it. */
    private static String part(int port, long offset, long size, String more) {
        return ("json:{\"driver\":\"raw\",\"offset\":%d,\"size\":%d,\"file\":{\"driver\":\"iscsi\",\"transport\":\"tcp\","
                        + "\"portal\":\"127.0.0.1:%d\",\"target\":\"%s\",\"lun\":0%s}}")
                .formatted(offset, size, port, RunningSluice.TARGET, more);
    }

    private void copyThereAndBack(Path from, int port, long offset, String more) throws Exception {
        long size = Files.size(from);
        Path back = directory.resolve("back-" + port + "-" + offset);
        Shell.must(
                "qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", from.toString(), part(port, offset, size, more));
        Shell.must("qemu-img", "convert", "-O", "raw", part(port, offset, size, more), back.toString());
        assertThat(sha256(back)).as("seed " + SEED).isEqualTo(sha256(from));
        Files.delete(back);
    }

    @Test
    void shouldReturnTheSameImage() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            Path back = directory.resolve("back");
            Shell.must("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image.toString(), sluice.url(0));
            Shell.must("qemu-img", "convert", "-f", "raw", "-O", "raw", sluice.url(0), back.toString());
            try (java.nio.channels.FileChannel channel =
                    java.nio.channels.FileChannel.open(back, java.nio.file.StandardOpenOption.WRITE)) {
                assertThat(channel.size()).isEqualTo(1024 * MIB);
                channel.truncate(512 * MIB);
            }
            assertThat(sha256(back)).as("seed " + SEED).isEqualTo(sha256(image));
        }
    }

    @Test
    void shouldReturnTheSameImageUnderHeaderDigests() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            copyThereAndBack(image, sluice.port(), 0, ",\"header-digest\":\"crc32c\"");
        }
    }

    @Test
    void shouldReturnTheSameImageUnderBothDigests() throws Exception {
        try (RunningSluice sluice = RunningSluice.start();
                DigestProxy proxy = new DigestProxy(sluice.port())) {
            copyThereAndBack(image, proxy.port(), 0, "");
            assertThat(proxy.failure()).isNull();
            assertThat(proxy.sessionsWithDigests()).isGreaterThanOrEqualTo(2);
            assertThat(proxy.checkedBytes()).isGreaterThan(400 * MIB);
        }
    }

    @Test
    void shouldServeTwoInitiatorsOfOneLunAtOnce() throws Exception {
        Path other = random("other", 256 * MIB);
        try (RunningSluice sluice = RunningSluice.start()) {
            CompletableFuture<Void> first = CompletableFuture.runAsync(
                    () -> copy(image, sluice.port(), 0, ",\"initiator-name\":\"iqn.2026-11.test:a\""));
            CompletableFuture<Void> second = CompletableFuture.runAsync(
                    () -> copy(other, sluice.port(), 600 * MIB, ",\"initiator-name\":\"iqn.2026-11.test:b\""));
            CompletableFuture.allOf(first, second).join();
        }
    }

    private void copy(Path from, int port, long offset, String more) {
        try {
            copyThereAndBack(from, port, offset, more);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
