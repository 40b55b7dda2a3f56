// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Partition} does. A subclass says where an empty, writable one comes from. */
public abstract class PartitionContract {
    private static final int MAX = 5000;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment data = arena.allocate(MAX);
    private final MemorySegment back = arena.allocate(MAX);
    private Cartridge cartridge;
    private Partition partition;

    /** For subclasses. */
    protected PartitionContract() {}

    /** The one cartridge of this test, empty the first time. */
    protected abstract Cartridge mount(UUID mount) throws IOException;

    /** Forgets the mounted cartridge as a killed process does; false if this cannot be done here. */
    protected abstract boolean kill(Cartridge mounted);

    @BeforeEach
    void mountIt() throws IOException {
        remount(new UUID(1, 1));
    }

    @AfterEach
    void unmountIt() throws IOException {
        cartridge.close();
    }

    private void remount(UUID mount) throws IOException {
        cartridge = mount(mount);
        partition = cartridge.partition(0);
    }

    private void block(long at, int bytes, int fill, long sequence) {
        data.asSlice(0, bytes).fill((byte) fill);
        assertThat(partition.writeBlock(at, data, 0, bytes, true, sequence)).isEqualTo(MediumResult.OK);
    }

    @Test
    void shouldBeginEmpty() {
        assertThat(partition.objects()).isZero();
        assertThat(partition.filemarks()).isZero();
        assertThat(partition.read(0, back, 0, MAX)).isEqualTo(MediumResult.END_OF_DATA);
        assertThat(partition.length(0)).isEqualTo(MediumResult.END_OF_DATA);
        assertThat(partition.filemark(0)).isEqualTo(MediumResult.END_OF_DATA);
        assertThat(partition.used(0)).isZero();
    }

    @Test
    void shouldCopyNoMoreThanAskedAndReturnTheWholeLength() {
        block(0, 1000, 5, 1);
        back.fill((byte) 9);
        assertThat(partition.read(0, back, 10, 100)).isEqualTo(1000);
        assertThat(back.get(ValueLayout.JAVA_BYTE, 9)).isEqualTo((byte) 9);
        assertThat(back.get(ValueLayout.JAVA_BYTE, 10)).isEqualTo((byte) 5);
        assertThat(back.get(ValueLayout.JAVA_BYTE, 109)).isEqualTo((byte) 5);
        assertThat(back.get(ValueLayout.JAVA_BYTE, 110)).isEqualTo((byte) 9);
    }

    @Test
    void shouldMakeTheWrittenObjectTheLast() {
        block(0, 10, 1, 1);
        block(1, 10, 2, 2);
        block(2, 10, 3, 3);
        assertThat(partition.writeFilemarks(1, 1, 4)).isEqualTo(MediumResult.OK);
        assertThat(partition.objects()).isEqualTo(2);
        assertThat(partition.read(1, back, 0, MAX)).isEqualTo(MediumResult.FILEMARK);
        assertThat(partition.read(2, back, 0, MAX)).isEqualTo(MediumResult.END_OF_DATA);
        assertThat(partition.durable()).isLessThanOrEqualTo(2);
    }

    @Test
    void shouldCountWhatACommandRecordedInThisMountOnly() throws IOException {
        block(0, 10, 1, 7);
        block(1, 10, 2, 8);
        block(2, 10, 3, 8);
        assertThat(partition.recorded(8)).isEqualTo(2);
        assertThat(partition.recorded(7)).isZero();
        cartridge.close();
        remount(new UUID(1, 2));
        assertThat(partition.recorded(8)).isZero();
    }

    @Test
    void shouldKnowWhatADeadProcessOfTheSameMountRecorded() throws IOException {
        block(0, 10, 1, 7);
        assertThat(partition.writeFilemarks(1, 2, 8)).isEqualTo(MediumResult.OK);
        if (!kill(cartridge)) {
            return;
        }
        remount(new UUID(1, 1));
        assertThat(partition.objects()).isEqualTo(3);
        assertThat(partition.recorded(8)).isEqualTo(2);
        block(3, 10, 3, 8);
        assertThat(partition.recorded(8)).isEqualTo(3);
    }

    @Test
    void shouldKeepEverythingThroughMounts() throws IOException {
        block(0, 3000, 1, 7);
        assertThat(partition.writeFilemarks(1, 3, 8)).isEqualTo(MediumResult.OK);
        assertThat(partition.sync()).isEqualTo(MediumResult.OK);
        assertThat(partition.durable()).isEqualTo(4);
        long used = partition.used(4);
        cartridge.close();
        remount(new UUID(1, 2));
        assertThat(partition.objects()).isEqualTo(4);
        assertThat(partition.durable()).isEqualTo(4);
        assertThat(partition.filemarks()).isEqualTo(3);
        assertThat(partition.used(4)).isEqualTo(used);
        assertThat(partition.hostBytes(4)).isEqualTo(3000);
    }

    @Test
    void shouldDoAsAListDoes() throws IOException {
        long seed = Long.getLong("sluice.contractSeed", 1);
        Random random = new Random(seed);
        List<byte[]> model = new ArrayList<>();
        for (int step = 0; step < 4000; step++) {
            try {
                step(random, model, step);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("step " + step + " of -Dsluice.contractSeed=" + seed, e);
            }
        }
    }

    private static final byte[] MARK = new byte[0];

    private void step(Random random, List<byte[]> model, int step) throws IOException {
        int at = random.nextInt(12) == 0 ? Math.max(model.size() - random.nextInt(40), 0) : model.size();
        if (random.nextInt(400) == 0) {
            at = random.nextInt(model.size() + 1);
        }
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> {
                int count = 1 + random.nextInt(4);
                assertThat(partition.writeFilemarks(at, count, step)).isEqualTo(MediumResult.OK);
                model.subList(at, model.size()).clear();
                for (int i = 0; i < count; i++) {
                    model.add(MARK);
                }
                assertThat(partition.recorded(step)).isEqualTo(count);
            }
            case 3 -> {
                assertThat(partition.erase(at, step)).isEqualTo(MediumResult.OK);
                model.subList(at, model.size()).clear();
            }
            case 4 -> assertThat(partition.sync()).isEqualTo(MediumResult.OK);
            case 5 -> {
                if (random.nextInt(4) == 0) {
                    cartridge.close();
                    remount(new UUID(2, step));
                } else if (random.nextInt(4) == 0 && kill(cartridge)) {
                    remount(new UUID(3, step));
                }
            }
            case 6, 7, 8, 9 -> {
                for (int i = 0; i < 5; i++) {
                    check(random.nextInt(model.size() + 1), model);
                }
            }
            default -> {
                int bytes = 1 + random.nextInt(random.nextInt(8) == 0 ? MAX : 400);
                byte[] block = new byte[bytes > 2000 && random.nextBoolean() ? bytes & -64 : bytes];
                if (random.nextBoolean()) {
                    random.nextBytes(block);
                }
                MemorySegment.copy(block, 0, data, ValueLayout.JAVA_BYTE, 0, block.length);
                assertThat(partition.writeBlock(at, data, 0, block.length, random.nextBoolean(), step))
                        .isEqualTo(MediumResult.OK);
                model.subList(at, model.size()).clear();
                model.add(block);
                check(at, model);
            }
        }
        assertThat(partition.objects()).isEqualTo(model.size());
    }

    private void check(int object, List<byte[]> model) {
        long marks =
                model.subList(0, object).stream().filter(o -> o.length == 0).count();
        long host = model.subList(0, object).stream().mapToLong(o -> o.length).sum();
        assertThat(partition.filemarksBefore(object)).isEqualTo(marks);
        assertThat(partition.hostBytes(object)).isEqualTo(host);
        long read = partition.read(object, back, 0, MAX);
        if (object == model.size()) {
            assertThat(read).isEqualTo(MediumResult.END_OF_DATA);
        } else if (model.get(object).length == 0) {
            assertThat(read).isEqualTo(MediumResult.FILEMARK);
            assertThat(partition.length(object)).isEqualTo(MediumResult.FILEMARK);
            assertThat(partition.filemark(marks)).isEqualTo(object);
        } else {
            assertThat(read).isEqualTo(model.get(object).length);
            assertThat(partition.length(object)).isEqualTo(read);
            assertThat(Arrays.equals(back.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE), model.get(object)))
                    .as("bytes of object " + object)
                    .isTrue();
            assertThat(partition.used(object + 1)).isGreaterThan(partition.used(object));
        }
    }
}
