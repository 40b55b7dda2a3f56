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
    private static final String CONTROL_PORT = "71";

    private final Process daemon;
    private final String url;

    private TgtTarget(Process daemon, String url) {
        this.daemon = daemon;
        this.url = url;
    }

    static TgtTarget start(Path file) throws IOException, InterruptedException {
        int port = Command.freePort();
        Process daemon = new ProcessBuilder("tgtd", "-f", "-C", CONTROL_PORT, "--iscsi", "portal=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread.sleep(1_000);
        admin("--op new --mode target --tid 1 -T " + IQN);
        admin("--op new --mode logicalunit --tid 1 --lun 1 -b " + file);
        admin("--op bind --mode target --tid 1 -I ALL");
        return new TgtTarget(daemon, "iscsi://127.0.0.1:" + port + "/" + IQN + "/1");
    }

    private static void admin(String words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("tgtadm", "-C", CONTROL_PORT, "--lld", "iscsi"));
        line.addAll(Arrays.asList(words.split(" ")));
        Command.run(line);
    }

    @Override
    public String name() {
        return "tgt, file";
    }

    @Override
    public double run(Workload workload, double seconds) throws IOException, InterruptedException {
        return Initiator.run(url, workload, (int) Math.ceil(seconds));
    }

    @Override
    public void close() throws InterruptedException {
        Command.stop(daemon);
    }
}
