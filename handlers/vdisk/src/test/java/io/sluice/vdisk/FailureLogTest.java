// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.vdisk.store.StoreFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One line per episode, with device, place and remedy. */
final class FailureLogTest {
    private final List<String> lines = new ArrayList<>();
    private long now = 1;
    private final FailureLog log = new FailureLog("scratch", "/srv/scratch.img", lines::add, () -> now);

    private void pass(long seconds) {
        now += seconds * 1_000_000_000L;
    }

    @Test
    void shouldNameDevicePlaceAndRemedy() {
        log.failed(StoreFailure.NO_SPACE, 4096);
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst())
                .startsWith("device scratch: /srv/scratch.img, byte 4096: no space left")
                .contains("27/07", "make room");
    }

    @Test
    void shouldSayOnceWhatGoesOn() {
        for (int i = 0; i < 10_000; i++) {
            log.failed(StoreFailure.NO_SPACE, i);
            pass(59);
        }
        assertThat(lines).hasSize(1);
    }

    @Test
    void shouldSayAgainWhatComesAgain() {
        for (int i = 0; i < 3; i++) {
            log.failed(StoreFailure.NO_SPACE, 0);
        }
        pass(60);
        log.failed(StoreFailure.NO_SPACE, 0);
        assertThat(lines).hasSize(2);
        assertThat(lines.getLast()).endsWith("(the last time 3 commands failed)");
    }

    @Test
    void shouldTellKindsApart() {
        for (StoreFailure kind : StoreFailure.values()) {
            log.failed(kind, -1);
            log.failed(kind, -1);
        }
        assertThat(lines).hasSize(StoreFailure.values().length).doesNotHaveDuplicates();
        assertThat(lines).allMatch(line -> line.startsWith("device scratch: /srv/scratch.img: "));
    }

    @Test
    void shouldWriteALineForAFullDisk(@TempDir Path home) throws Exception {
        FakeStore store = new FakeStore(1 << 20);
        try (DiskRig disk = DiskRig.over(home, store)) {
            store.fail(StoreFailure.NO_SPACE, 512);
            for (int i = 0; i < 3; i++) {
                disk.out(new byte[1024], Cdb.block(0x2A, 0, 4, 2));
            }
            assertThat(disk.logged()).hasSize(1);
            assertThat(disk.logged().getFirst()).startsWith("device disk: /nowhere, byte 2560: no space left");
        }
    }
}
