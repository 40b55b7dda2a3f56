// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The real daemon for tests; SKIPPED where it was not built. */
final class Sluiced implements AutoCloseable {
    private static final Path BINARY = Path.of("../kernel-gateway/build/release/sluiced");

    private final Process process;
    private final Path socket;

    Sluiced(Path directory) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.isExecutable(BINARY), "SKIPPED: " + BINARY + " is absent; make -C kernel-gateway builds it");
        socket = directory.resolve("sluiced.sock");
        process = new ProcessBuilder(BINARY.toString(), "--socket", socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("sluiced.log").toFile()))
                .start();
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (!Files.exists(socket)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("sluiced did not start: " + Files.readString(directory.resolve("sluiced.log")));
            }
            Thread.sleep(5);
        }
    }

    Path socket() {
        return socket;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("sluiced did not end on SIGTERM");
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Output of a client of libiscsi; SKIPPED where it is not installed. */
    static String client(String... command) throws IOException, InterruptedException {
        Process client;
        try {
            client = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            Assumptions.abort("SKIPPED: " + command[0] + " is not installed (Debian: libiscsi-bin)");
            return "";
        }
        byte[] output = client.getInputStream().readAllBytes();
        client.waitFor();
        return new String(output, StandardCharsets.UTF_8);
    }
}
