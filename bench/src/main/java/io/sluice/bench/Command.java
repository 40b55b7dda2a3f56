// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs and keeps what they print. */
final class Command {
    private static final int STOP_SECONDS = 20;

    private Command() {}

    /** Runs to the end; returns standard output and error; throws when the exit status is not 0. */
    static String run(List<String> line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", line) + ": exit status " + status + ": " + printed.strip());
        }
        return printed;
    }

    /** Builds {@code bench/src/main/c/NAME.c} into the work directory; returns the program. */
    static Path compile(Path checkout, Path work, String name, String... libraries)
            throws IOException, InterruptedException {
        Path program = work.resolve(name);
        Path source = checkout.resolve("bench/src/main/c/" + name + ".c");
        List<String> line = new ArrayList<>(List.of("cc", "-O2", "-Wall", "-Werror", "-o", program.toString()));
        line.add(source.toString());
        line.addAll(List.of(libraries));
        run(line);
        return program;
    }

    /** Asks the process to end and waits; kills it if it does not. */
    static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** A TCP port of the loopback address that was free a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
