// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The limit: a bare TCP exchange with the sizes of a 4 KiB read, built from {@code src/main/c/tcp_echo.c}. */
final class TcpEcho implements Subject {
    private final Path program;
    private final Process server;
    private final String port;

    private TcpEcho(Path program, Process server, String port) {
        this.program = program;
        this.server = server;
        this.port = port;
    }

    static TcpEcho start(Path checkout, Path work) throws IOException, InterruptedException {
        Path program = Files.createDirectories(work).resolve("tcp_echo");
        Path source = checkout.resolve("bench/src/main/c/tcp_echo.c");
        Command.run(List.of("cc", "-O2", "-Wall", "-Werror", "-o", program.toString(), source.toString()));
        Process server = new ProcessBuilder(program.toString(), "server")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader reader = server.inputReader();
        String port = reader.readLine();
        if (port == null) {
            throw new IOException("tcp_echo server ended without printing its port");
        }
        return new TcpEcho(program, server, port);
    }

    @Override
    public String name() {
        return "bare TCP echo";
    }

    @Override
    public boolean supports(Workload workload) {
        return workload.blockBytes() == 4096 && !workload.write();
    }

    @Override
    public double run(Workload workload, double seconds) throws IOException, InterruptedException {
        List<String> line = List.of(program.toString(), "client", port, "" + workload.depth(), "" + seconds);
        return Double.parseDouble(Command.run(line).strip());
    }

    @Override
    public void close() throws InterruptedException {
        Command.stop(server);
    }
}
