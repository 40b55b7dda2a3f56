// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import io.sluice.vtl.medium.VolumeHistory;
import io.sluice.vtl.store.format.MemoryRecord;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is kept with a cartridge beside its data: whole after a power cut at any instant, and no hindrance when it is damaged. */
final class StoredMemoryTest {
    private static final long CAPACITY = 1 << 20;
    private static final int LIVES = 20;
    private static final int CHANGES = 12;
    private static final int ROUNDS = 4;
    /** Segments of a few blocks: overwriting makes new ones, and deletes objects that are not named. */
    private static final StoreShape SMALL = new StoreShape(8 << 10, 10, 2 << 10, 4 << 10, 5, 1 << 10, 1 << 20);

    private static StoredCartridges made(SimulatedStorage storage) throws IOException {
        StoredCartridges store = new StoredCartridges(storage, SMALL);
        store.create(new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, CAPACITY, false, Instant.EPOCH));
        return store;
    }

    private static Cartridge mounted(SimulatedStorage storage) throws IOException {
        return new StoredCartridges(storage, SMALL).mount(SimulatedStorage.NAME, new UUID(1, 1));
    }

    private static CartridgeMemory random(Random random) {
        SortedMap<Integer, byte[]> attributes = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            byte[] value = new byte[1 + random.nextInt(2000)];
            random.nextBytes(value);
            attributes.put(0x0800 + random.nextInt(0x1000), value);
        }
        VolumeHistory history = VolumeHistory.NONE;
        for (int i = random.nextInt(6); i > 0; i--) {
            history = history.mounted(new UUID(random.nextLong(), random.nextLong()), "IBM     SLC000000" + i)
                    .moved(random.nextLong(1L << 40), random.nextLong(1L << 40), random.nextLong())
                    .changed();
        }
        return new CartridgeMemory(history.formatted(), 1 + random.nextInt(CartridgeMemory.WHOLE), attributes);
    }

    /** The record as text: a value of every field. */
    private static String text(@Nullable CartridgeMemory memory) {
        return memory == null ? "damaged" : HexFormat.of().formatHex(MemoryRecord.encode(memory));
    }

    @Test
    void shouldComeBackAsItWasKept() throws IOException {
        SimulatedStorage storage = new SimulatedStorage();
        made(storage).close();
        try (Cartridge cartridge = mounted(storage)) {
            assertThat(text(cartridge.memory())).as("a cartridge without").isEqualTo(text(CartridgeMemory.NEW));
            assertThat(cartridge.partition(0).capacity()).isEqualTo(CAPACITY);
        }
        for (int seed = 0; seed < 50; seed++) {
            CartridgeMemory kept = random(new Random(seed));
            try (Cartridge cartridge = mounted(storage)) {
                assertThat(cartridge.keep(kept)).isEqualTo(MediumResult.OK);
                assertThat(cartridge.partition(0).capacity()).isEqualTo(kept.usable(CAPACITY));
            }
            try (Cartridge cartridge = mounted(storage)) {
                assertThat(text(cartridge.memory())).isEqualTo(text(kept));
                assertThat(cartridge.memory())
                        .extracting(CartridgeMemory::history)
                        .isEqualTo(kept.history());
                assertThat(cartridge.partition(0).capacity()).isEqualTo(kept.usable(CAPACITY));
            }
        }
    }

    @Test
    void shouldBeWhatWasKeptLastAfterAPowerCutAmongWritesAndOverwrites() throws IOException {
        MemorySegment data = Arena.ofAuto().allocate(900);
        for (int life = 0; life < LIVES; life++) {
            Random random = new Random(life);
            SimulatedStorage storage = new SimulatedStorage();
            made(storage).close();
            List<String> kept = new ArrayList<>(List.of(text(CartridgeMemory.NEW)));
            List<Integer> ends = new ArrayList<>(List.of(storage.ops.size()));
            try (Cartridge cartridge = mounted(storage)) {
                Partition partition = cartridge.partition(0);
                for (int i = 0; i < CHANGES; i++) {
                    for (int blocks = random.nextInt(20); blocks > 0; blocks--) {
                        long at =
                                random.nextInt(6) == 0 ? random.nextLong(partition.objects() + 1) : partition.objects();
                        assertThat(partition.writeBlock(at, data, 0, 900, false, i))
                                .isEqualTo(MediumResult.OK);
                    }
                    CartridgeMemory next = random(random);
                    assertThat(cartridge.keep(next)).isEqualTo(MediumResult.OK);
                    kept.add(text(next));
                    ends.add(storage.ops.size());
                }
            }
            requireKept(storage, kept, ends, random, "life " + life);
        }
    }

    private static void requireKept(
            SimulatedStorage storage, List<String> kept, List<Integer> ends, Random random, String life)
            throws IOException {
        PowerCut cut = new PowerCut();
        int promised = -1;
        for (int i = 0; i < storage.ops.size(); i++) {
            cut.then(storage.ops.get(i));
            while (promised + 1 < ends.size() && ends.get(promised + 1) <= i + 1) {
                promised++;
            }
            for (int round = 0; promised >= 0 && round < ROUNDS; round++) {
                PowerCut.Mood mood = PowerCut.MOODS.get(round % PowerCut.MOODS.size());
                try (Cartridge cartridge = mounted(SimulatedStorage.of(cut.leave(mood, random)))) {
                    assertThat(text(cartridge.memory()))
                            .as("%s, after %d of %d, %s", life, i + 1, storage.ops.size(), mood)
                            .isEqualTo(kept.get(promised));
                }
            }
        }
        assertThat(promised).as("all were kept").isEqualTo(CHANGES);
    }

    @Test
    void shouldSurviveADamagedByteAndLeaveTheDataReadableBeyondThat() throws IOException {
        SimulatedStorage storage = new SimulatedStorage();
        made(storage).close();
        CartridgeMemory kept = random(new Random(7));
        try (Cartridge cartridge = mounted(storage)) {
            assertThat(cartridge.keep(kept)).isEqualTo(MediumResult.OK);
        }
        byte[] bytes = Objects.requireNonNull(storage.files.get("memory")).bytes;
        for (int at = 0; at < bytes.length; at += 7) {
            bytes[at] ^= 0x10;
            try (Cartridge cartridge = mounted(storage)) {
                assertThat(text(cartridge.memory())).isEqualTo(text(kept));
            }
            bytes[at] ^= 0x10;
        }
        StoredCartridges store = new StoredCartridges(storage, SMALL);
        assertThat(TapeCheck.check(store, SimulatedStorage.NAME, object -> {}).isWhole())
                .isTrue();
        Arrays.fill(bytes, (byte) 0);
        assertThat(TapeCheck.check(store, SimulatedStorage.NAME, object -> {}).memoryDamaged())
                .isTrue();
        try (Cartridge cartridge = mounted(storage)) {
            assertThat(cartridge.memory()).isNull();
            assertThat(cartridge.partition(0).capacity()).isEqualTo(CAPACITY);
            assertThat(cartridge.keep(CartridgeMemory.NEW)).isEqualTo(MediumResult.OK);
        }
        try (Cartridge cartridge = mounted(storage)) {
            assertThat(text(cartridge.memory())).isEqualTo(text(CartridgeMemory.NEW));
        }
    }
}
