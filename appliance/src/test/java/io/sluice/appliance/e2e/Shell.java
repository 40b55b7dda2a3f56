// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, within a time, and keeps what it printed. */
record Shell(int status, String output) {
    static final Duration PATIENCE = Duration.ofSeconds(Long.getLong("sluice.patience", 300));

    static Shell run(String... command) {
        return run(Map.of(), List.of(command));
    }

    static Shell run(Map<String, String> environment, List<String> command) {
        try {
            Path output = Files.createTempFile("sluice-e2e", ".out");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(command + " has not ended within " + PATIENCE + ": " + text(output));
            }
            Shell result = new Shell(process.exitValue(), text(output));
            Files.delete(output);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** Runs and demands exit status 0. */
    static String must(String... command) {
        Shell result = run(command);
        if (result.status() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + ": exit status " + result.status() + ":\n" + result.output());
        }
        return result.output();
    }
}
