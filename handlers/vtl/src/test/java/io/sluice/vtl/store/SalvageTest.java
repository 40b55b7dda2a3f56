// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cartridge whose log is damaged where it would go on takes no more writes; write protected, all that is whole can be read. */
final class SalvageTest {
    private static final String DATA = "p0.00000001.data";
    private static final int BLOCKS = 12;
    private static final int BYTES = 300;
    private static final int HEAD = 4096;

    private final MemorySegment data = Arena.ofAuto().allocate(BYTES);
    private final SimulatedStorage storage = new SimulatedStorage();
    private Map<String, byte[]> running = Map.of();

    /** Blocks, every fourth one synced, and what is there while the drive still has the cartridge. */
    @BeforeEach
    void write() throws IOException {
        StoredCartridges store = new StoredCartridges(storage, StoreShape.STANDARD);
        store.create(new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            for (int i = 0; i < BLOCKS; i++) {
                data.fill((byte) (i + 1));
                assertThat(partition.writeBlock(i, data, 0, BYTES, false, i)).isEqualTo(MediumResult.OK);
                if (i % 4 == 0) {
                    assertThat(partition.sync()).isEqualTo(MediumResult.OK);
                }
            }
            running = copy();
        }
    }

    private Map<String, byte[]> copy() {
        Map<String, byte[]> copy = new TreeMap<>();
        storage.files.forEach((name, content) -> copy.put(name, content.bytes));
        return copy;
    }

    private static StoredCartridges with(Map<String, byte[]> files, byte[] changed, boolean protect)
            throws IOException {
        Map<String, byte[]> all = new TreeMap<>(files);
        all.put(DATA, changed);
        StoredCartridges store = new StoredCartridges(SimulatedStorage.of(all), StoreShape.STANDARD);
        store.writeProtect(SimulatedStorage.NAME, protect);
        return store;
    }

    /** Objects that cannot be read; all others must read as they were written. */
    private long lost(StoredCartridges store, String what) throws IOException {
        long lost = 0;
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(2, 2))) {
            Partition partition = cartridge.partition(0);
            assertThat(partition.objects()).as(what).isEqualTo(BLOCKS);
            for (int i = 0; i < BLOCKS; i++) {
                long read = partition.read(i, data, 0, BYTES);
                if (read == MediumResult.DAMAGED) {
                    assertThat(partition.length(i)).as(what).isIn(MediumResult.DAMAGED, (long) BYTES);
                    lost++;
                } else {
                    byte[] expected = new byte[BYTES];
                    Arrays.fill(expected, (byte) (i + 1));
                    assertThat(read).as(what).isEqualTo(BYTES);
                    assertThat(data.toArray(ValueLayout.JAVA_BYTE)).as(what).isEqualTo(expected);
                }
            }
        }
        return lost;
    }

    @Test
    void shouldLoseOnlyTheObjectThatIsDamagedAndRefuseToWriteBehindIt() throws IOException {
        byte[] whole = Objects.requireNonNull(running.get(DATA));
        int refused = 0;
        int salvaged = 0;
        for (int at = HEAD; at < whole.length; at++) {
            byte[] bytes = whole.clone();
            bytes[at] ^= 4;
            String what = "byte " + at;
            try (Cartridge cartridge = with(running, bytes, false).mount(SimulatedStorage.NAME, new UUID(2, 2))) {
                // Not known to have been on stable storage, or the data of a block whose header is whole.
                assertThat(cartridge.partition(0).objects()).as(what).isBetween(8L, (long) BLOCKS);
            } catch (IOException e) {
                assertThat(e).as(what).hasMessageContaining("set the write protect switch");
                refused++;
                long lost = lost(with(running, bytes, true), what);
                assertThat(lost).as(what).isBetween(0L, 1L);
                salvaged += (int) lost;
            }
        }
        assertThat(refused).isGreaterThan(9 * 64);
        assertThat(salvaged).isGreaterThan(8 * 64);
    }

    @Test
    void shouldNotTakeAFileThatBecameShorterForOneThatEndsThere() throws IOException {
        Map<String, byte[]> unloaded = copy();
        byte[] whole = Objects.requireNonNull(unloaded.get(DATA));
        int twoBlocks = indexOf(whole, (byte) (BLOCKS - 1)) - 64;
        byte[] cut = Arrays.copyOf(whole, twoBlocks);
        assertThatThrownBy(() -> with(unloaded, cut, false).mount(SimulatedStorage.NAME, new UUID(2, 2)))
                .hasMessageContaining("is damaged at byte " + twoBlocks);
        StoredCartridges store = with(unloaded, cut, true);
        assertThat(lost(store, "two blocks are cut off")).isEqualTo(2);
        assertThat(TapeCheck.check(store, SimulatedStorage.NAME, object -> {}).damage())
                .isEqualTo(List.of(new TapeCheck.Damage(BLOCKS - 2, BLOCKS - 1, MediumResult.DAMAGED)));
        assertThat(TapeImage.exportTo(store, SimulatedStorage.NAME, new ByteArrayOutputStream(), object -> {}))
                .isEqualTo(2);
    }

    private static int indexOf(byte[] bytes, byte wanted) {
        for (int i = HEAD; i < bytes.length; i += 64) {
            if (bytes[i] == wanted && bytes[i + 1] == wanted && bytes[i + 63] == wanted) {
                return i;
            }
        }
        throw new AssertionError("the block is not there");
    }
}
