// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.scsi.AdditionalSense;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResizeTest {
    @TempDir
    Path home;

    @Test
    void shouldGrowAndShrinkAndTellEverybody() throws Exception {
        try (DiskRig disk = file()) {
            disk.device().resize(2 << 20);
            assertThat(disk.device().capacityBytes()).isEqualTo(2 << 20);
            assertThat(Files.size(home.resolve("disk.img"))).isEqualTo(2 << 20);
            assertThat(disk.in(8, Cdb.ten(0x25, 0, 0, 0)).good().buffer().getInt(0))
                    .isEqualTo(4095);
            assertThat(disk.in(512, Cdb.block(0x28, 0, 4095, 1)).good().data()).containsOnly(0);
            disk.device().resize(1 << 19);
            disk.in(512, Cdb.block(0x28, 0, 1023, 1)).good();
            disk.in(512, Cdb.block(0x28, 0, 1024, 1)).outOfRange(1024);
            assertThat(disk.attentions())
                    .containsExactly(
                            "all: " + AdditionalSense.CAPACITY_DATA_HAS_CHANGED,
                            "all: " + AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
        }
    }

    @Test
    void shouldOpenAgainWithTheNewSize() throws Exception {
        try (DiskRig disk = file()) {
            disk.device().resize(3 << 20);
        }
        try (DiskRig disk = file()) {
            assertThat(disk.device().capacityBytes()).isEqualTo(3 << 20);
        }
    }

    @Test
    void shouldRefuseSizesThatCannotBe() throws Exception {
        try (DiskRig disk = file()) {
            for (long bytes : new long[] {0, -4096, 1000}) {
                assertThatThrownBy(() -> disk.device().resize(bytes))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(Long.toString(bytes));
            }
            assertThat(disk.attentions()).isEmpty();
        }
        try (DiskRig disk = DiskRig.open(home, "backend", "ram", "size", "1MiB")) {
            assertThatThrownBy(() -> disk.device().resize(2 << 20))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("RAM");
        }
    }

    private DiskRig file() throws Exception {
        return DiskRig.open(home, "path", home.resolve("disk.img").toString(), "size", "1MiB");
    }
}
