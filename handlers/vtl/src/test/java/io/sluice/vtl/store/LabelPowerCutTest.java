// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A power cut while a cartridge is made, write protected or deleted: it is there as it was before or as it is after, with what it holds,
 * or it is not there; and then it can be made.
 */
final class LabelPowerCutTest {
    private static final StoreShape SMALL = new StoreShape(8 << 10, 10, 2 << 10, 4 << 10, 5, 1 << 10, 1 << 20);
    private static final int LIVES = 60;
    private static final int ROUNDS = 8;

    private final MemorySegment data = Arena.ofAuto().allocate(1000);
    private int absent;
    private int present;

    /** What is promised once so many operations were done: no label means that there is no cartridge. */
    private record Moment(int ops, List<CartridgeLabel> labels, int objects) {}

    private static CartridgeLabel label(int capacity, boolean protect) {
        return new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, capacity, protect, Instant.EPOCH);
    }

    @Test
    void shouldBeAsBeforeOrAsAfter() throws IOException {
        for (int life = 0; life < LIVES; life++) {
            Random random = new Random(life);
            SimulatedStorage storage = new SimulatedStorage();
            try {
                cut(storage, live(storage, random), random);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("life " + life, e);
            }
        }
        assertThat(absent).as("cuts that left no cartridge").isGreaterThan(LIVES);
        assertThat(present).as("cuts that left one").isGreaterThan(LIVES);
    }

    private List<Moment> live(SimulatedStorage storage, Random random) throws IOException {
        StoredCartridges store = new StoredCartridges(storage, SMALL);
        List<Moment> moments = new ArrayList<>(List.of(new Moment(0, List.of(), 0)));
        for (int capacity = 1; capacity <= 2; capacity++) {
            CartridgeLabel made = label(capacity << 20, false);
            store.create(made);
            moments.add(new Moment(storage.ops.size(), List.of(made), 0));
            int blocks = random.nextInt(30);
            write(store, blocks);
            moments.add(new Moment(storage.ops.size(), List.of(made), blocks));
            for (boolean protect = true; random.nextInt(3) != 0; protect = !protect) {
                store.writeProtect(SimulatedStorage.NAME, protect);
                moments.add(new Moment(storage.ops.size(), List.of(label(capacity << 20, protect)), blocks));
            }
            store.delete(SimulatedStorage.NAME);
            moments.add(new Moment(storage.ops.size(), List.of(), 0));
        }
        return moments;
    }

    private void write(StoredCartridges store, int blocks) throws IOException {
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            for (int i = 0; i < blocks; i++) {
                data.fill((byte) i);
                assertThat(cartridge.partition(0).writeBlock(i, data, 0, 1000, false, i))
                        .isEqualTo(MediumResult.OK);
            }
        }
    }

    private void cut(SimulatedStorage storage, List<Moment> moments, Random random) throws IOException {
        PowerCut cut = new PowerCut();
        for (int i = 0; i < storage.ops.size(); i++) {
            cut.then(storage.ops.get(i));
            int done = i + 1;
            int before = 0;
            while (before + 1 < moments.size() && moments.get(before + 1).ops() <= done) {
                before++;
            }
            Moment was = moments.get(before);
            Moment will = moments.get(Math.min(before + 1, moments.size() - 1));
            for (int round = 0; round < ROUNDS; round++) {
                PowerCut.Mood mood = PowerCut.MOODS.get(round % PowerCut.MOODS.size());
                reopen(
                        SimulatedStorage.of(cut.leave(mood, random)),
                        was,
                        will,
                        "after " + done + " of " + storage.ops.size() + ", " + mood);
            }
        }
    }

    private void reopen(SimulatedStorage left, Moment was, Moment will, String what) throws IOException {
        StoredCartridges store = new StoredCartridges(left, SMALL);
        List<CartridgeLabel> labels = store.labels();
        assertThat(labels).as(what).isIn(was.labels(), will.labels());
        if (labels.isEmpty()) {
            absent++;
            store.create(label(3 << 20, false));
            write(store, 3);
            assertThat(objects(store, what)).as(what).isEqualTo(3);
            return;
        }
        present++;
        // Blocks that were being written may be there or not; those that were promised are.
        int promised = was.labels().isEmpty() ? 0 : was.objects();
        assertThat(objects(store, what)).as(what).isBetween(promised, Math.max(promised, will.objects()));
        store.delete(SimulatedStorage.NAME);
        assertThat(store.labels()).as(what).isEmpty();
        assertThat(left.list()).as(what).isEmpty();
    }

    private int objects(StoredCartridges store, String what) throws IOException {
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(2, 2))) {
            int objects = (int) cartridge.partition(0).objects();
            for (int i = 0; i < objects; i++) {
                assertThat(cartridge.partition(0).read(i, data, 0, 1000))
                        .as(what)
                        .isEqualTo(1000);
                assertThat(data.asByteBuffer().get(999)).as(what).isEqualTo((byte) i);
            }
            return objects;
        }
    }
}
