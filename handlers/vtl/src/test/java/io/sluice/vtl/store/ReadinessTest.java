// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the store says will not wait does not, on segments so small that everything that waits happens often. */
final class ReadinessTest {
    private static final StoreShape SMALL = new StoreShape(64 << 10, 600, 24 << 10, 48 << 10, 100, 8 << 10, 1 << 20);
    private static final int BYTES = 2048;
    private static final int BLOCKS = 2000;

    private final MemorySegment data = Arena.ofAuto().allocate(BYTES);
    private final SimulatedStorage storage = new SimulatedStorage();
    private final StoredCartridges store = new StoredCartridges(storage, SMALL);
    private final Random random = new Random(7);

    @BeforeEach
    void create() throws IOException {
        store.create(new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
    }

    private void scramble() {
        for (int i = 0; i < BYTES; i += 8) {
            data.set(ValueLayout.JAVA_LONG, i, random.nextLong());
        }
    }

    private long write(Partition partition, long at, boolean compress) {
        return partition.writeBlock(at, data, 0, BYTES, compress, at + 1);
    }

    @Test
    void shouldDoNothingThatWaitsWhenItSaysThatItIsReady() throws IOException {
        int ready = 0;
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            for (int i = 0; i < BLOCKS; i++) {
                scramble();
                boolean says = partition.isReady(1, BYTES, false);
                int before = storage.waits;
                int done = storage.ops.size();
                assertThat(write(partition, i, false)).isEqualTo(MediumResult.OK);
                if (says) {
                    ready++;
                    assertThat(storage.waits).as("waits for block %d", i).isEqualTo(before);
                    assertThat(storage.ops).as("operations for block %d", i).hasSize(done + 1);
                }
            }
        }
        assertThat(ready).as("ready of %d", BLOCKS).isBetween(BLOCKS / 4, BLOCKS - 100);
    }

    @Test
    void shouldNotBeReadyForWhatCompresses() throws IOException {
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            int object = 0;
            data.fill((byte) 7);
            for (int i = 0; i < 100; i++) {
                assertThat(partition.isReady(1, BYTES, true)).isFalse();
                assertThat(write(partition, object++, true)).isEqualTo(MediumResult.OK);
            }
            boolean ready = false;
            for (int i = 0; i < 100 && !ready; i++) {
                scramble();
                write(partition, object++, true);
                ready = partition.isReady(1, BYTES, true);
            }
            assertThat(ready).as("after a run of blocks that do not compress").isTrue();
        }
    }

    @Test
    void shouldReadNothingButTheBlockWhenItSaysThatItIsAtHand() throws IOException {
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            for (int i = 0; i < BLOCKS; i++) {
                scramble();
                write(partition, i, false);
            }
        }
        int atHand = 0;
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 2))) {
            Partition partition = cartridge.partition(0);
            for (int i = 0; i < BLOCKS; i++) {
                int waits = storage.waits;
                boolean says = partition.isAtHand(i, i + 1);
                int reads = storage.reads;
                assertThat(storage.waits).as("waits for asking").isEqualTo(waits);
                assertThat(partition.read(i, data, 0, BYTES)).isEqualTo(BYTES);
                assertThat(partition.used(i + 1)).isPositive();
                if (says) {
                    atHand++;
                    assertThat(storage.waits).as("waits for block %d", i).isEqualTo(waits);
                    assertThat(storage.reads).as("reads for block %d", i).isEqualTo(reads + 1);
                }
            }
            assertThat(partition.isAtHand(BLOCKS, BLOCKS + 1))
                    .as("the end of data")
                    .isTrue();
        }
        assertThat(atHand).as("at hand of %d", BLOCKS).isBetween(BLOCKS * 3 / 4, BLOCKS - 20);
    }

    @Test
    void shouldNotSayOfACompressedBlockThatItIsAtHand() throws IOException {
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            data.fill((byte) 7);
            write(partition, 0, true);
            scramble();
            write(partition, 1, true);
            assertThat(partition.isAtHand(0, 1)).isFalse();
            assertThat(partition.isAtHand(1, 2)).isTrue();
        }
    }
}
