// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseKey;
import io.sluice.vdisk.store.StoreFailure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SYNCHRONIZE CACHE (SBC-4 5.33 f.) and PRE-FETCH (SBC-4 5.12 f.). */
final class CacheTest {
    private static final int BLOCKS = 65536;
    private static final int IMMED = 0x02;

    @TempDir
    Path home;

    private FakeStore store;
    private DiskRig disk;

    @BeforeEach
    void open() throws Exception {
        store = new FakeStore(BLOCKS * 512L);
        disk = DiskRig.over(home, store);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x35, 0x91})
    void shouldFlushBeforeItAnswers(int opcode) {
        disk.none(Cdb.block(opcode, 0, 0, 0)).good();
        disk.none(Cdb.block(opcode, IMMED, BLOCKS - 1, 1)).good();
        assertThat(store.calls).containsExactly("flush", "flush");
        disk.none(Cdb.block(opcode, 0, BLOCKS, 0)).outOfRange(BLOCKS);
        disk.none(Cdb.block(opcode, 0, 0, 65535)).good();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x35, 0x91})
    void shouldNotHideFailuresBehindImmed(int opcode) {
        store.failFlush = true;
        for (int flags : new int[] {0, IMMED}) {
            disk.none(Cdb.block(opcode, flags, 0, 0)).check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
        }
        store.failFlush = false;
    }

    @ParameterizedTest
    @ValueSource(ints = {0x34, 0x90})
    void shouldSayWhetherTheCacheHoldsWhatWasFetched(int opcode) {
        assertThat(disk.none(Cdb.block(opcode, 0, 8, 64)).status()).isEqualTo(ScsiStatus.CONDITION_MET);
        assertThat(store.calls).containsExactly("prefetch 4096 32768", "read");
        store.calls.clear();
        assertThat(disk.none(Cdb.block(opcode, IMMED, 8, 64)).status()).isEqualTo(ScsiStatus.CONDITION_MET);
        assertThat(store.calls).containsExactly("prefetch 4096 32768");
        // Zero blocks are all up to the end, which is more than the fake's cache.
        assertThat(disk.none(Cdb.block(opcode, IMMED, 0, 0)).status()).isEqualTo(ScsiStatus.GOOD);
        disk.none(Cdb.block(opcode, 0, BLOCKS, 1)).outOfRange(BLOCKS);
        disk.none(Cdb.block(opcode, 0, BLOCKS - 1, 2)).outOfRange(BLOCKS);
    }

    @Test
    void shouldReportBlocksThatCannotBeFetched() {
        store.fail(StoreFailure.MEDIUM, 1024);
        assertThat(disk.none(Cdb.block(0x34, 0, 8, 64))
                        .check(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)
                        .information())
                .isEqualTo(10);
    }

    @Test
    void shouldAdmitGroupNumbers() {
        byte[] cdb = Cdb.block(0x34, 0, 0, 1);
        cdb[6] = 3;
        assertThat(disk.none(cdb).status()).isEqualTo(ScsiStatus.CONDITION_MET);
    }
}
