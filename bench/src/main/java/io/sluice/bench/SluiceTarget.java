// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sluice as a user starts it: {@code ./sluice up --detach}, two processes, one LUN measured. */
final class SluiceTarget implements Subject {
    private static final String IQN = "iqn.2026-11.io.sluice:bench";

    /** Of the cartridge in the drive. */
    static final String BARCODE = "VTL001L8";

    private static final String LIBRARY = "library";

    private final String name;
    private final Path checkout;
    private final Path home;
    private final String url;
    private final Load initiator;

    private SluiceTarget(String name, Path checkout, Path home, String url, Load initiator) {
        this.initiator = initiator;
        this.name = name;
        this.checkout = checkout;
        this.home = home;
        this.url = url;
    }

    /** @param device the lines of the {@code [[device]]} table that follow its name and type */
    static SluiceTarget start(String name, Path checkout, Path work, String device, Load initiator)
            throws IOException, InterruptedException {
        String config = """
                [[device]]
                name = "disk0"
                type = "vdisk"
                %s

                [[target]]
                name = "%s"

                [[target.lun]]
                lun = 0
                device = "disk0"
                """.formatted(device, IQN);
        return up(name, checkout, work, config, 0, initiator);
    }

    /** A library with one drive, which has a cartridge. */
    static SluiceTarget startTape(String name, Path checkout, Path work, Load initiator)
            throws IOException, InterruptedException {
        String config = """
                [[library]]
                name = "bench"
                target = "%s"
                path = "%s"
                drives = 1
                slots = 1
                cartridges = 1
                """.formatted(IQN, LIBRARY);
        SluiceTarget target = up(name, checkout, work, config, 1, initiator);
        target.sluice("drive", "load", "1", BARCODE);
        return target;
    }

    private static SluiceTarget up(String name, Path checkout, Path work, String config, int lun, Load initiator)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(work.resolve(name.replaceAll("[ ,]+", "-")));
        int port = Command.freePort();
        Path file = home.resolve("bench.toml");
        Files.writeString(file, config);
        String portal = "127.0.0.1:" + port;
        SluiceTarget target =
                new SluiceTarget(name, checkout, home, "iscsi://" + portal + "/" + IQN + "/" + lun, initiator);
        target.sluice("up", "--detach", "--portal", portal, "--config", file.toString());
        return target;
    }

    private void sluice(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(checkout.resolve("sluice").toString()));
        line.addAll(Arrays.asList(words));
        line.addAll(List.of("--home", home.toString()));
        Command.run(line);
    }

    Path home() {
        return home;
    }

    /** Where the library's cartridges are. */
    Path cartridges() {
        return home.resolve(LIBRARY).resolve("cartridges");
    }

    String url() {
        return url;
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
        sluice("down");
    }
}
