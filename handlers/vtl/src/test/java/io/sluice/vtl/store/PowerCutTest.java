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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Every operation of a cartridge's life is followed by power cuts and kills, and each time the cartridge is opened again. The states in
 * which it may then be are those through which it went since the last good sync, and no others.
 *
 * <p>{@code -Dsluice.crashStates=N} and {@code -Dsluice.crashSeed=N} say how many, and where to begin; a failure names the seed.
 */
final class PowerCutTest {
    private static final StoreShape SMALL = new StoreShape(24 << 10, 24, 5 << 10, 12 << 10, 10, 4 << 10, 1 << 20);
    private static final long STATES = Long.getLong("sluice.crashStates", 100_000);
    private static final long SEED = Long.getLong("sluice.crashSeed", 1);
    private static final int CALLS = 60;
    private static final int MAX_BLOCK = 3072;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment from = arena.allocate(MAX_BLOCK);
    private final MemorySegment to = arena.allocate(MAX_BLOCK);
    private long states;
    private long deepest;
    private long secondCuts;

    @Test
    void shouldKeepWhatWasPromisedAndEndLegallyAfterAPowerCutAtAnyInstant() throws Exception {
        for (long seed = SEED; states < STATES; seed++) {
            try {
                live(new Random(seed));
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "crash seed " + seed + ", state " + states + " (-Dsluice.crashSeed=" + seed + ")", e);
            }
        }
        assertThat(deepest).as("segments of the deepest cartridge").isGreaterThan(2);
        assertThat(secondCuts).as("power cuts during a recovery").isGreaterThan(states / 20);
    }

    /** What the cartridge holds, as fingerprints, and how many operations there were when it did. */
    private record Moment(int ops, List<Long> objects, boolean synced) {}

    private void live(Random random) throws IOException {
        SimulatedStorage storage = new SimulatedStorage();
        StoredCartridges store = new StoredCartridges(storage, SMALL);
        store.create(new CartridgeLabel(
                SimulatedStorage.NAME, MediumType.LTO_8, 1L << 30, false, Instant.ofEpochSecond(random.nextInt())));
        int made = storage.ops.size();
        List<Moment> moments = new ArrayList<>();
        List<Long> model = new ArrayList<>();
        moments.add(new Moment(made, List.of(), true));
        Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(7, random.nextLong()));
        for (int call = 0; call < CALLS; call++) {
            Partition partition = cartridge.partition(0);
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    assertThat(partition.sync()).isEqualTo(MediumResult.OK);
                    moments.add(new Moment(storage.ops.size(), List.copyOf(model), true));
                }
                case 2 -> {
                    cartridge.close();
                    moments.add(new Moment(storage.ops.size(), List.copyOf(model), true));
                    cartridge = store.mount(SimulatedStorage.NAME, new UUID(7, random.nextLong()));
                }
                case 3, 4 -> marks(partition, at(random, model), 1 + random.nextInt(3), model, moments, storage);
                case 5 -> erase(partition, at(random, model), model, moments, storage);
                default -> block(partition, at(random, model), random, model, moments, storage);
            }
        }
        cartridge.close();
        deepest = Math.max(
                deepest,
                storage.files.keySet().stream().filter(n -> n.endsWith(".data")).count());
        crash(storage, made, moments, random);
    }

    /** Small ones, large ones, and some that go to the storage uncopied. */
    private static int size(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> 1 + random.nextInt(MAX_BLOCK);
            case 1 -> MAX_BLOCK - 64 * random.nextInt(16);
            default -> 1 + random.nextInt(300);
        };
    }

    private static int at(Random random, List<Long> model) {
        return random.nextInt(6) == 0 ? random.nextInt(model.size() + 1) : model.size();
    }

    private static void cut(int at, List<Long> model, List<Moment> moments) {
        if (at < model.size()) {
            model.subList(at, model.size()).clear();
            moments.add(new Moment(Integer.MAX_VALUE, List.copyOf(model), false));
        }
    }

    private void block(
            Partition partition,
            int at,
            Random random,
            List<Long> model,
            List<Moment> moments,
            SimulatedStorage storage) {
        int bytes = size(random);
        boolean dull = random.nextInt(3) == 0;
        long seed = random.nextLong();
        Random content = new Random(seed);
        for (int i = 0; i < bytes; i++) {
            from.set(ValueLayout.JAVA_BYTE, i, (byte) (dull ? seed : content.nextInt()));
        }
        cut(at, model, moments);
        model.add(fingerprint(from, bytes));
        moments.add(new Moment(Integer.MAX_VALUE, List.copyOf(model), false));
        assertThat(partition.writeBlock(at, from, 0, bytes, random.nextBoolean(), moments.size()))
                .isEqualTo(MediumResult.OK);
        done(moments, storage);
    }

    private static void marks(
            Partition partition, int at, int count, List<Long> model, List<Moment> moments, SimulatedStorage storage) {
        cut(at, model, moments);
        for (int i = 0; i < count; i++) {
            model.add(MediumResult.FILEMARK);
            moments.add(new Moment(Integer.MAX_VALUE, List.copyOf(model), false));
        }
        assertThat(partition.writeFilemarks(at, count, moments.size())).isEqualTo(MediumResult.OK);
        done(moments, storage);
    }

    private static void erase(
            Partition partition, int at, List<Long> model, List<Moment> moments, SimulatedStorage storage) {
        cut(at, model, moments);
        assertThat(partition.erase(at, moments.size())).isEqualTo(MediumResult.OK);
        done(moments, storage);
    }

    /** Moments of the call that just ended had come when all of its operations were done, or earlier. */
    private static void done(List<Moment> moments, SimulatedStorage storage) {
        for (int i = moments.size() - 1; i >= 0 && moments.get(i).ops() == Integer.MAX_VALUE; i--) {
            moments.set(i, new Moment(storage.ops.size(), moments.get(i).objects(), false));
        }
    }

    private void crash(SimulatedStorage storage, int made, List<Moment> moments, Random random) throws IOException {
        PowerCut cut = new PowerCut();
        for (int i = 0; i < storage.ops.size(); i++) {
            cut.then(storage.ops.get(i));
            if (i + 1 < made) {
                continue;
            }
            Set<List<Long>> legal = legal(moments, i + 1);
            for (PowerCut.Mood mood : PowerCut.Mood.values()) {
                int rounds = mood == PowerCut.Mood.TORN || mood == PowerCut.Mood.SOME ? 3 : 1;
                for (int round = 0; round < rounds; round++) {
                    long chance = random.nextLong();
                    try {
                        reopen(SimulatedStorage.of(cut.leave(mood, new Random(chance))), legal, new Random(chance));
                    } catch (IOException | RuntimeException | AssertionError e) {
                        throw new AssertionError(
                                "cut after operation " + i + " of " + storage.ops.size() + ", " + mood, e);
                    }
                    states++;
                }
            }
        }
    }

    /** All states since the last sync that was done when {@code ops} operations were, up to those of the call that was under way. */
    private static Set<List<Long>> legal(List<Moment> moments, int ops) {
        int first = 0;
        for (int i = 0; i < moments.size() && moments.get(i).ops() <= ops; i++) {
            first = moments.get(i).synced() ? i : first;
        }
        Set<List<Long>> legal = new HashSet<>();
        int underWay = -1;
        for (int i = first; i < moments.size(); i++) {
            Moment moment = moments.get(i);
            if (moment.ops() > ops) {
                if (underWay >= 0 && moment.ops() != underWay) {
                    break;
                }
                underWay = moment.ops();
            }
            legal.add(moment.objects());
        }
        return legal;
    }

    private void reopen(SimulatedStorage left, Set<List<Long>> legal, Random random) throws IOException {
        StoredCartridges store = new StoredCartridges(left, SMALL);
        PowerCut second = PowerCut.of(left);
        List<Long> first;
        List<Long> found;
        int at;
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(8, 8))) {
            first = contents(cartridge.partition(0));
            assertThat(legal).as("the states that may be").contains(first);
            if (random.nextInt(4) != 0) {
                return;
            }
            // Life goes on: a block at the end or over something, and nothing old behind it.
            at = at(random, first);
            from.fill((byte) at);
            assertThat(cartridge.partition(0).writeBlock(at, from, 0, 100, false, 1))
                    .isEqualTo(MediumResult.OK);
            found = new ArrayList<>(first.subList(0, at));
            found.add(fingerprint(from, 100));
            assertThat(contents(cartridge.partition(0))).isEqualTo(found);
        }
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(9, 9))) {
            assertThat(contents(cartridge.partition(0))).isEqualTo(found);
        }
        if (random.nextInt(4) == 0) {
            cutAgain(left, second, new HashSet<>(List.of(first, first.subList(0, at), found)), random);
        }
    }

    /** The power fails during the recovery from a power cut, at each of its operations. */
    private void cutAgain(SimulatedStorage left, PowerCut cut, Set<List<Long>> legal, Random random)
            throws IOException {
        for (SimulatedStorage.Op op : left.ops) {
            cut.then(op);
            PowerCut.Mood mood = PowerCut.MOODS.get(random.nextInt(PowerCut.MOODS.size()));
            SimulatedStorage again = SimulatedStorage.of(cut.leave(mood, random));
            try (Cartridge cartridge =
                    new StoredCartridges(again, SMALL).mount(SimulatedStorage.NAME, new UUID(10, 10))) {
                assertThat(legal)
                        .as("a second cut, after " + op.kind() + ", " + mood)
                        .contains(contents(cartridge.partition(0)));
            }
            states++;
            secondCuts++;
        }
    }

    private List<Long> contents(Partition partition) {
        List<Long> found = new ArrayList<>();
        long marks = 0;
        for (long object = 0; object < partition.objects(); object++) {
            long read = partition.read(object, to, 0, MAX_BLOCK);
            if (partition.filemarksBefore(object) != marks) {
                throw new AssertionError("filemarks in front of " + object + ": " + partition.filemarksBefore(object));
            }
            if (read == MediumResult.FILEMARK) {
                if (partition.filemark(marks) != object) {
                    throw new AssertionError(
                            "filemark " + marks + " is at " + partition.filemark(marks) + ", not " + object);
                }
                marks++;
                found.add(MediumResult.FILEMARK);
            } else if (read < 0) {
                throw new AssertionError("object " + object + " of " + partition.objects() + ": result " + read);
            } else {
                found.add(fingerprint(to, (int) read));
            }
        }
        if (partition.filemarks() != marks) {
            throw new AssertionError("filemarks: " + partition.filemarks() + ", not " + marks);
        }
        return found;
    }

    private static long fingerprint(MemorySegment s, int bytes) {
        CRC32C crc = new CRC32C();
        crc.update(s.asSlice(0, bytes).asByteBuffer());
        return crc.getValue() << 16 | bytes;
    }
}
