// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Debian's tgt on a file or a tape's image, as its own documentation sets it up. */
final class TgtTarget implements Subject {
    private static final String IQN = "iqn.2026-11.io.sluice:tgt";
    private static final int FIRST_CONTROL_PORT = 100;
    private static final int CONTROL_PORTS = 30_000;

    /** Megabytes; the image is as large as what is on it. */
    private static final String TAPE_SIZE = "8192";

    private final String name;
    private final Process daemon;
    private final String url;
    private final Load initiator;

    private TgtTarget(String name, Process daemon, String url, Load initiator) {
        this.name = name;
        this.initiator = initiator;
        this.daemon = daemon;
        this.url = url;
    }

    static TgtTarget start(Path file, Load initiator) throws IOException, InterruptedException {
        return up("tgt, file", "-b " + file, initiator);
    }

    /** A tape drive with a new tape. */
    static TgtTarget startTape(Path image, Load initiator) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("tgtimg", "--op", "new", "--device-type", "tape"));
        line.addAll(
                List.of("--barcode", "BENCH1L8", "--type", "data", "--size", TAPE_SIZE, "--file", image.toString()));
        Command.run(line);
        return up("tgt, tape", "-b " + image + " --device-type tape --bstype ssc", initiator);
    }

    private static TgtTarget up(String name, String unit, Load initiator) throws IOException, InterruptedException {
        int port = Command.freePort();
        // Another tgtd may run here: a control port is the number of its socket.
        String control = "" + (FIRST_CONTROL_PORT + ProcessHandle.current().pid() % CONTROL_PORTS);
        Process daemon = new ProcessBuilder("tgtd", "-f", "-C", control, "--iscsi", "portal=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread.sleep(1_000);
        admin(control, "--op new --mode target --tid 1 -T " + IQN);
        admin(control, "--op new --mode logicalunit --tid 1 --lun 1 " + unit);
        admin(control, "--op bind --mode target --tid 1 -I ALL");
        return new TgtTarget(name, daemon, "iscsi://127.0.0.1:" + port + "/" + IQN + "/1", initiator);
    }

    private static void admin(String control, String words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("tgtadm", "-C", control, "--lld", "iscsi"));
        line.addAll(Arrays.asList(words.split(" ")));
        Command.run(line);
    }

    @Override
    public String name() {
        return name;
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
