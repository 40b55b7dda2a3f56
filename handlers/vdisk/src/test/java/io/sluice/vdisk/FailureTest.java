// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.StoreFailure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failing store as sense data, with the block at which it failed. */
final class FailureTest {
    @TempDir
    Path home;

    private FakeStore store;
    private DiskRig disk;

    @BeforeEach
    void open() throws Exception {
        store = new FakeStore(1 << 20);
        disk = DiskRig.over(home, store);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Test
    void shouldReportTheBlockThatCannotBeRead() {
        store.fail(StoreFailure.MEDIUM, 5 * 512 + 100);
        SenseData sense = disk.in(8192, Cdb.block(0x28, 0, 100, 16))
                .check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR);
        assertThat(sense.hasInformation()).isTrue();
        assertThat(sense.information()).isEqualTo(105);
    }

    @Test
    void shouldReportTheBlockThatCannotBeWritten() {
        store.fail(StoreFailure.MEDIUM, 512);
        assertThat(disk.out(new byte[8192], Cdb.block(0x2A, 0, 100, 16))
                        .check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR)
                        .information())
                .isEqualTo(101);
    }

    @Test
    void shouldReportThatSpaceRanOut() {
        store.fail(StoreFailure.NO_SPACE, 4096);
        assertThat(disk.out(new byte[8192], Cdb.block(0x2A, 0, 100, 16))
                        .check(SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT)
                        .information())
                .isEqualTo(108);
    }

    @Test
    void shouldReportAStoreThatTurnedReadOnly() {
        store.fail(StoreFailure.WRITE_PROTECTED, 0);
        disk.out(new byte[512], Cdb.block(0x2A, 0, 0, 1))
                .check(SenseKey.DATA_PROTECT, AdditionalSense.HARDWARE_WRITE_PROTECTED);
    }

    @Test
    void shouldNotReadZerosFromAFileThatWasCut() {
        store.fail(StoreFailure.BEYOND_END, 512);
        assertThat(disk.in(1024, Cdb.block(0x28, 0, 10, 2))
                        .check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)
                        .information())
                .isEqualTo(11);
    }

    @Test
    void shouldReportFailuresOfEveryWayToWrite() {
        store.fail(StoreFailure.MEDIUM, 1024);
        byte[] list = Cdb.unmapList(0, 1, 40, 8);
        assertThat(disk.out(list, Cdb.unmap(list.length))
                        .check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR)
                        .information())
                .isEqualTo(2);
        byte[] block = new byte[512];
        block[7] = 1;
        for (byte[] data : new byte[][] {new byte[512], block}) {
            assertThat(disk.out(data, Cdb.block(0x41, 0, 50, 8))
                            .check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR)
                            .information())
                    .isEqualTo(52);
        }
        disk.in(32, Cdb.sixteen(0x9E, 0x12, 0, 32))
                .check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR);
    }

    @Test
    void shouldCountFailuresInLogPages() {
        store.fail(StoreFailure.MEDIUM, 0);
        disk.in(512, Cdb.block(0x28, 0, 0, 1));
        disk.out(new byte[512], Cdb.block(0x2A, 0, 0, 1));
        disk.in(512, Cdb.block(0x28, 0, 0, 1));
        store.failure = 0;
        assertThat(disk.in(64, Cdb.of(0x4D, 0, 0x43, 0, 0, 0, 0, 0, 64, 0))
                        .good()
                        .data())
                .isEqualTo(Cdb.of(0x03, 0, 0, 12, 0, 6, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2));
        assertThat(disk.in(64, Cdb.of(0x4D, 0, 0x42, 0, 0, 0, 0, 0, 64, 0))
                        .good()
                        .data()[15])
                .isEqualTo((byte) 1);
    }

    @Test
    void shouldCallTheUnexplainedAnInternalFailure() {
        store.fail(StoreFailure.INTERNAL, 0);
        disk.in(512, Cdb.block(0x28, 0, 0, 1)).check(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);
    }

    @Test
    void shouldNotCallDataSafeThatWasLost() {
        store.fail(StoreFailure.WRITES_LOST, 0);
        disk.in(512, Cdb.block(0x28, 8, 0, 1)).check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
    }
}
