// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full file system as an initiator sees it. Needs root to mount a small tmpfs. */
final class DiskFullTest {
    @TempDir
    Path home;

    @TempDir
    Path small;

    @Test
    void shouldFailTheWriteWithSenseData() throws Exception {
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()),
                "SKIPPED: mounting a tmpfs needs root");
        try (DiskRig disk = DiskRig.open(home, "path", small.resolve("disk").toString(), "size", "64MiB")) {
            byte[] data = new byte[2 << 20];
            java.util.Arrays.fill(data, (byte) 1);
            long lba = disk.out(data, Cdb.block(0xAA, 0, 0, data.length / 512))
                    .check(SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT)
                    .information();
            assertThat(lba).isBetween(1L, 2048L);
            disk.in((int) lba * 512, Cdb.block(0xA8, 0, 0, lba)).good();
            byte[] list = Cdb.unmapList(0, data.length / 512);
            disk.out(list, Cdb.unmap(list.length)).good();
            disk.out(new byte[4096], Cdb.block(0x2A, 8, 0, 8)).good();
        } finally {
            assertThat(run("umount", small.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
