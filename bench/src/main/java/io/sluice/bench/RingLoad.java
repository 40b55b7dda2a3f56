// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code ring-load} and a null handler at its ring: {@code sluice-cdisk} or {@link NullHandler}. */
final class RingLoad implements Subject {
    private static final int START_MILLIS = 20_000;
    private static final int POLL_MILLIS = 10;

    /** What a run of ring-load reports. */
    record Result(long commands, long tookNanos, long failures, long rounds, long sleeps) {
        double perSecond() {
            return commands * 1e9 / tookNanos;
        }
    }

    private final String name;
    private final Process load;
    private final Process handler;

    private RingLoad(String name, Process load, Process handler) {
        this.name = name;
        this.load = load;
        this.handler = handler;
    }

    static RingLoad withCHandler(Path checkout, Path work, Placement placement)
            throws IOException, InterruptedException {
        Path build = checkout.resolve("kernel-gateway/build/release");
        Path socket = work.resolve("c.sock");
        List<String> line = new ArrayList<>();
        if (placement.there() >= 0) {
            line.addAll(List.of("taskset", "-c", "" + placement.there()));
        }
        line.addAll(List.of(build.resolve("sluice-cdisk").toString(), "--socket", socket.toString(), "null=null"));
        return start("C handler", build, socket, placement, line);
    }

    static RingLoad withJavaHandler(Path checkout, Path work, Placement placement)
            throws IOException, InterruptedException {
        Path build = checkout.resolve("kernel-gateway/build/release");
        Path socket = work.resolve("java.sock");
        List<String> line = new ArrayList<>(Jvm.command());
        line.addAll(List.of("null-handler", "--socket", socket.toString(), "--cpu", "" + placement.there()));
        return start("Java handler", build, socket, placement, line);
    }

    private static RingLoad start(String name, Path build, Path socket, Placement placement, List<String> handlerLine)
            throws IOException, InterruptedException {
        Files.deleteIfExists(socket);
        Process load = process(List.of(
                build.resolve("ring-load").toString(), "--socket", socket.toString(), "--cpus", placement.cpus()));
        for (int waited = 0; !Files.exists(socket); waited += POLL_MILLIS) {
            if (!load.isAlive() || waited > START_MILLIS) {
                throw new IOException("ring-load did not make " + socket + "; it says above why");
            }
            Thread.sleep(POLL_MILLIS);
        }
        return new RingLoad(name, load, process(handlerLine));
    }

    private static Process process(List<String> line) throws IOException {
        return new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Override
    public String name() {
        return name;
    }

    long loadPid() {
        return load.pid();
    }

    long handlerPid() {
        return handler.pid();
    }

    @Override
    public double run(Workload workload, double seconds) throws IOException {
        return load(workload.depth(), seconds).perSecond();
    }

    Result load(int depth, double seconds) throws IOException {
        String line = ask(load, "run " + depth + " " + (long) (seconds * 1000));
        long[] n = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        if (n[0] == 0 || n[2] != 0) {
            throw new IOException(name + ": " + n[2] + " of " + n[0] + " commands failed: " + line);
        }
        return new Result(n[0], n[1], n[2], n[4], n[7]);
    }

    /** Only the Java handler counts. */
    HandlerCounts counts() throws IOException {
        return HandlerCounts.parse(ask(handler, "counts"));
    }

    private static String ask(Process process, String question) throws IOException {
        Writer writer = process.outputWriter();
        writer.write(question + "\n");
        writer.flush();
        BufferedReader reader = process.inputReader();
        String line = reader.readLine();
        if (line == null) {
            throw new IOException(question + ": the process ended; it says above why");
        }
        return line;
    }

    @Override
    public void close() throws InterruptedException {
        Command.stop(handler);
        Command.stop(load);
    }
}
