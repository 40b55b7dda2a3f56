// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The limit: a bare TCP exchange with the sizes of a command and its answer, built from {@code src/main/c/tcp_echo.c}. */
final class TcpEcho implements Subject {
    /** Of an iSCSI PDU (RFC 7143 11.2). */
    private static final int HEADER_BYTES = 48;

    private record Sizes(int request, int answer) {
        static Sizes of(Workload workload) {
            int data = HEADER_BYTES + workload.blockBytes();
            return workload.write() ? new Sizes(data, HEADER_BYTES) : new Sizes(HEADER_BYTES, data);
        }
    }

    private record Server(Process process, String port) {}

    private final Path program;
    private final Map<Sizes, Server> servers = new HashMap<>();

    private TcpEcho(Path program) {
        this.program = program;
    }

    static TcpEcho build(Path checkout, Path work) throws IOException, InterruptedException {
        return new TcpEcho(Command.compile(checkout, work, "tcp_echo"));
    }

    @Override
    public String name() {
        return "bare TCP echo";
    }

    private Server server(Sizes sizes) throws IOException {
        Server known = servers.get(sizes);
        if (known != null) {
            return known;
        }
        Process process = new ProcessBuilder(program.toString(), "server", "" + sizes.request(), "" + sizes.answer())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String port = process.inputReader().readLine();
        Server started = new Server(process, port == null ? "" : port);
        servers.put(sizes, started);
        if (port == null) {
            throw new IOException("tcp_echo server ended without printing its port; it says above why");
        }
        return started;
    }

    @Override
    public double run(Workload workload, double seconds) throws IOException, InterruptedException {
        Sizes sizes = Sizes.of(workload);
        List<String> line = new ArrayList<>(List.of(program.toString(), "client"));
        line.addAll(
                List.of("" + sizes.request(), "" + sizes.answer(), server(sizes).port()));
        line.addAll(List.of("" + workload.depth(), "" + seconds));
        return Double.parseDouble(Command.run(line).strip());
    }

    @Override
    public void close() throws InterruptedException {
        for (Server server : servers.values()) {
            Command.stop(server.process());
        }
    }
}
