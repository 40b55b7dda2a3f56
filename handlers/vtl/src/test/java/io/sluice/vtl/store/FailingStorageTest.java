// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storage that is full, that loses what it was given, that somebody else has, and what the store says then. */
final class FailingStorageTest {
    private static final StoreShape SMALL = new StoreShape(16 << 10, 100, 1 << 20, 1 << 20, 100, 4 << 10, 1 << 20);
    private static final CartridgeLabel LABEL =
            new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH);

    private final MemorySegment data = Arena.ofAuto().allocate(2048);
    private final SimulatedStorage storage = new SimulatedStorage();
    private final StoredCartridges store = new StoredCartridges(storage, SMALL);

    private long write(Partition partition, long at) {
        return write(partition, at, 1000);
    }

    private long write(Partition partition, long at, int bytes) {
        data.fill((byte) at);
        return partition.writeBlock(at, data, 0, bytes, false, at);
    }

    /** Writes blocks of that size from the beginning until there is no space; returns how many were taken. */
    private long writeUntilFull(Partition partition, int bytes) {
        long written = 0;
        long result;
        while ((result = write(partition, written, bytes)) == MediumResult.OK) {
            written++;
        }
        assertThat(result).isEqualTo(MediumResult.NO_SPACE);
        return written;
    }

    /** The larger ones go to the storage uncopied. */
    @ParameterizedTest
    @ValueSource(ints = {1000, 2048})
    void shouldEndCleanlyWhereTheStorageIsFull(int bytes) throws IOException {
        store.create(LABEL);
        storage.room = 40_000;
        long written;
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            assertThat(partition.room()).isLessThan(partition.capacity());
            written = writeUntilFull(partition, bytes);
            assertThat(partition.objects()).isEqualTo(written);
            assertThat(partition.sync()).isEqualTo(MediumResult.OK);
            assertThat(partition.durable()).isEqualTo(written);
        }
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 2))) {
            assertThat(cartridge.partition(0).objects()).isEqualTo(written).isGreaterThan(15_000 / bytes);
            assertThat(cartridge.partition(0).read(written - 1, data, 0, 2048)).isEqualTo(bytes);
            storage.room = Long.MAX_VALUE;
            assertThat(write(cartridge.partition(0), written)).isEqualTo(MediumResult.OK);
        }
    }

    /** What is overwritten is deleted by and by; its room counts from the beginning. */
    @Test
    void shouldTakeAsMuchAgainWhenAFullStorageIsOverwritten() throws IOException {
        store.create(LABEL);
        storage.room = 200_000;
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            long written = writeUntilFull(partition, 2048);
            assertThat(written).isGreaterThan(30);
            storage.room += 4096; // a new segment is made before the old ones are deleted
            for (int i = 0; i < written; i++) {
                assertThat(write(partition, i, 2048)).as("block %d again", i).isEqualTo(MediumResult.OK);
            }
            assertThat(partition.objects()).isEqualTo(written);
        }
    }

    /** Half a record stays in the segment: nothing goes behind it, though there is room by then. */
    @Test
    void shouldWriteNothingBehindWhatItCannotTakeOff() throws IOException {
        store.create(LABEL);
        storage.room = 200_000;
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            writeUntilFull(partition, 2048);
            storage.room += 4096;
            storage.truncateFails = true;
            long again = writeUntilFull(partition, 2048);
            assertThat(write(partition, again, 2048)).isEqualTo(MediumResult.STORAGE_FAILED);
            storage.truncateFails = false;
            assertThat(write(partition, again, 2048)).isEqualTo(MediumResult.OK);
            for (int i = 0; i <= again; i++) {
                assertThat(partition.read(i, data, 0, 2048)).as("block %d", i).isEqualTo(2048);
            }
        }
    }

    @Test
    void shouldTakeOffWhatAFailedSyncLost() throws IOException {
        store.create(LABEL);
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            write(partition, 0);
            write(partition, 1);
            assertThat(partition.sync()).isEqualTo(MediumResult.OK);
            write(partition, 2);
            storage.syncFails = true;
            assertThat(partition.sync()).isEqualTo(MediumResult.WRITES_LOST);
            assertThat(partition.objects()).isEqualTo(2);
            assertThat(partition.durable()).isEqualTo(2);
            assertThat(write(partition, 2))
                    .as("nothing is taken that cannot be kept")
                    .isEqualTo(MediumResult.STORAGE_FAILED);
            storage.syncFails = false;
            assertThat(write(partition, 2)).isEqualTo(MediumResult.OK);
            assertThat(partition.sync()).isEqualTo(MediumResult.OK);
            assertThat(partition.read(2, data, 0, 1000)).isEqualTo(1000);
        }
    }

    @Test
    void shouldSayWhatIsLostWhenUnloadingCannotSync() throws IOException {
        store.create(LABEL);
        Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1));
        write(cartridge.partition(0), 0);
        storage.syncFails = true;
        assertThatThrownBy(cartridge::close).hasMessageContaining("objects 0 to 0 may be lost");
    }

    @Test
    void shouldWriteNothingOnAProtectedCartridge() throws IOException {
        store.create(LABEL);
        store.writeProtect(SimulatedStorage.NAME, true);
        int ops = storage.ops.size();
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            assertThat(cartridge.writeProtected()).isTrue();
            assertThat(write(cartridge.partition(0), 0)).isEqualTo(MediumResult.WRITE_PROTECTED);
            assertThat(cartridge.partition(0).erase(0, 1)).isEqualTo(MediumResult.WRITE_PROTECTED);
        }
        assertThat(storage.ops).hasSize(ops);
    }

    @Test
    void shouldMakeListLockAndDeleteCartridgesInAFolder(@TempDir Path folder) throws IOException {
        try (StoredCartridges files = StoredCartridges.in(folder)) {
            CartridgeLabel label = new CartridgeLabel("VTL001L8", MediumType.LTO_8, 1L << 40, false, Instant.EPOCH);
            files.create(label);
            assertThatThrownBy(() -> files.create(label)).hasMessageContaining("VTL001L8");
            assertThat(files.labels()).containsExactly(label);
            try (Cartridge cartridge = files.mount("VTL001L8", new UUID(1, 1))) {
                assertThat(write(cartridge.partition(0), 0)).isEqualTo(MediumResult.OK);
                assertThatThrownBy(() -> files.mount("VTL001L8", new UUID(1, 2)))
                        .hasMessageContaining("in use");
                assertThatThrownBy(() -> files.delete("VTL001L8")).hasMessageContaining("in use");
                assertThatThrownBy(() -> files.writeProtect("VTL001L8", true)).hasMessageContaining("in use");
            }
            files.delete("VTL001L8");
            assertThat(files.labels()).isEmpty();
            assertThatThrownBy(() -> files.label("VTL001L8")).hasMessageContaining("no cartridge VTL001L8");
        }
    }
}
