// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The limit of a ring: two processes and a shared word, built from {@code src/main/c/ping_pong.c}. */
final class PingPong implements Subject {
    private final String name;
    private final Path program;
    private final String mode;
    private final Placement placement;

    private PingPong(String name, Path program, String mode, Placement placement) {
        this.name = name;
        this.program = program;
        this.mode = mode;
        this.placement = placement;
    }

    static Path build(Path checkout, Path work) throws IOException, InterruptedException {
        return Command.compile(checkout, work, "ping_pong");
    }

    static PingPong futex(Path program, Placement placement) {
        return new PingPong("bare futex", program, "futex", placement);
    }

    /** On one processor a spinner must let the other side run: there it yields after each look. */
    static PingPong spin(Path program, Placement placement) {
        return new PingPong("bare spin", program, placement.shared() ? "yield" : "spin", placement);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double run(Workload workload, double seconds) throws IOException, InterruptedException {
        String printed = Command.run(List.of(
                program.toString(),
                mode,
                "" + workload.depth(),
                "" + placement.here(),
                "" + placement.there(),
                "" + seconds));
        return Double.parseDouble(printed.strip());
    }

    @Override
    public void close() {}
}
