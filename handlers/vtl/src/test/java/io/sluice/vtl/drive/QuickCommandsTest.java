// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a drive does on the queue loop, on a medium that is always ready. */
final class QuickCommandsTest {
    private static final String REWIND = "01 00 00 00 00 00";
    private static final String FILEMARK = "10 00 00 00 01 00";

    @TempDir
    Path home;

    private DriveRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = DriveRig.loaded(home);
        // The first change of a mount is counted on stable storage, which is nothing for the loop.
        assertThat(writes(512, "0A 00 00 02 00 00")).isFalse();
        rig.out(new byte[512], "0A 00 00 02 00 00").good();
    }

    private boolean writes(int bytes, String cdb) {
        return rig.drive().tryExecute(rig.prepared(new byte[bytes], 0, cdb));
    }

    private boolean reads(int bytes, String cdb) {
        return rig.drive().tryExecute(rig.prepared(new byte[0], bytes, cdb));
    }

    /** Fixed blocks of so many bytes from now on. */
    private void blockLength(int bytes) {
        byte[] list = {0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, (byte) (bytes >> 8), (byte) bytes};
        rig.out(list, "15 10 00 00 0C 00").good();
    }

    @Test
    void shouldMoveASmallBlockOnTheLoop() {
        assertThat(writes(65_536, "0A 00 01 00 00 00")).isTrue();
        assertThat(writes(65_537, "0A 00 01 00 01 00")).isFalse();
        rig.none(REWIND).good();
        assertThat(reads(65_536, "08 02 01 00 00 00")).isTrue();
        assertThat(reads(65_537, "08 02 01 00 01 00")).isFalse();
    }

    @Test
    void shouldLeaveManyBlocksToAWorkerHoweverSmall() {
        blockLength(4);
        assertThat(writes(64, "0A 01 00 00 10 00")).isTrue();
        assertThat(writes(68, "0A 01 00 00 11 00")).isFalse();
        rig.none(REWIND).good();
        rig.in(512, "08 02 00 02 00 00");
        assertThat(reads(64, "08 01 00 00 10 00")).isTrue();
        assertThat(reads(68, "08 01 00 00 11 00")).isFalse();
    }

    @Test
    void shouldLeaveWhatPositionsOrSyncsToAWorker() {
        assertThat(reads(0, REWIND)).isFalse();
        assertThat(reads(0, FILEMARK)).isFalse();
    }

    @Test
    void shouldLeaveAnOverwriteToAWorker() {
        rig.none(REWIND).good();
        assertThat(writes(512, "0A 00 00 02 00 00")).isFalse();
    }
}
