// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Sluice as a user starts it: {@code ./sluice up --detach}, two processes, one LUN measured. */
final class SluiceTarget implements Subject {
    private static final String IQN = "iqn.2026-11.io.sluice:bench";

    private final String name;
    private final Path checkout;
    private final Path home;
    private final String url;
    private final Initiator initiator;

    private SluiceTarget(String name, Path checkout, Path home, String url, Initiator initiator) {
        this.initiator = initiator;
        this.name = name;
        this.checkout = checkout;
        this.home = home;
        this.url = url;
    }

    /** @param device the lines of the {@code [[device]]} table that follow its name and type */
    static SluiceTarget start(String name, Path checkout, Path work, String device, Initiator initiator)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(work.resolve(name.replace(' ', '-')));
        int port = Command.freePort();
        Path config = home.resolve("bench.toml");
        Files.writeString(config, """
                [[device]]
                name = "disk0"
                type = "vdisk"
                %s

                [[target]]
                name = "%s"

                [[target.lun]]
                lun = 0
                device = "disk0"
                """.formatted(device, IQN));
        String portal = "127.0.0.1:" + port;
        Command.run(List.of(
                checkout.resolve("sluice").toString(),
                "up",
                "--detach",
                "--home",
                home.toString(),
                "--portal",
                portal,
                "--config",
                config.toString()));
        return new SluiceTarget(name, checkout, home, "iscsi://" + portal + "/" + IQN + "/0", initiator);
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
    public void close() throws IOException, InterruptedException {
        Command.run(List.of(checkout.resolve("sluice").toString(), "down", "--home", home.toString()));
    }
}
