// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Debian's tgt on a file, as its own documentation sets it up. */
final class TgtTarget implements Subject {
    private static final String IQN = "iqn.2026-11.io.sluice:tgt";
    private static final int FIRST_CONTROL_PORT = 100;
    private static final int CONTROL_PORTS = 30_000;

    private final Process daemon;
    private final String url;
    private final Initiator initiator;

    private TgtTarget(Process daemon, String url, Initiator initiator) {
        this.initiator = initiator;
        this.daemon = daemon;
        this.url = url;
    }

    static TgtTarget start(Path file, Initiator initiator) throws IOException, InterruptedException {
        int port = Command.freePort();
        // Another tgtd may run here: a control port is the number of its socket.
        String control = "" + (FIRST_CONTROL_PORT + ProcessHandle.current().pid() % CONTROL_PORTS);
        Process daemon = new ProcessBuilder("tgtd", "-f", "-C", control, "--iscsi", "portal=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread.sleep(1_000);
        admin(control, "--op new --mode target --tid 1 -T " + IQN);
        admin(control, "--op new --mode logicalunit --tid 1 --lun 1 -b " + file);
        admin(control, "--op bind --mode target --tid 1 -I ALL");
        return new TgtTarget(daemon, "iscsi://127.0.0.1:" + port + "/" + IQN + "/1", initiator);
    }

    private static void admin(String control, String words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("tgtadm", "-C", control, "--lld", "iscsi"));
        line.addAll(Arrays.asList(words.split(" ")));
        Command.run(line);
    }

    @Override
    public String name() {
        return "tgt, file";
    }

    @Override
    public double run(Workload workload, double seconds) throws IOException, InterruptedException {
        return initiator.run(url, workload, seconds);
    }

    @Override
    public void close() throws InterruptedException {
        Command.stop(daemon);
    }
}
