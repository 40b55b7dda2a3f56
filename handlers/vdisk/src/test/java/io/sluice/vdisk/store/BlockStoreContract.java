// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store that keeps its data does. */
abstract class BlockStoreContract {
    static final int SIZE = 1 << 20;

    @TempDir
    Path folder;

    final MemorySegment buffer = Arena.ofAuto().allocate(4 << 20, 4096);
    BlockStore store;

    abstract BlockStore open(long size) throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = open(SIZE);
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    @Test
    void shouldReadZerosAtFirst() {
        buffer.asSlice(0, SIZE).fill((byte) 7);
        assertThat(store.read(0, buffer, 0, SIZE)).isEqualTo(Outcome.OK);
        assertThat(read(0, SIZE)).containsOnly(0);
    }

    @Test
    void shouldReadWhatWasWritten() {
        byte[] data = random(12288, 1);
        write(4096, data, 0, false);
        assertThat(read(4096, 12288)).isEqualTo(data);
        assertThat(read(0, 4096)).containsOnly(0);
        assertThat(read(16384, 4096)).containsOnly(0);
    }

    @Test
    void shouldHaveWrittenWhenAWriteWithoutWaitingSaysSo() {
        byte[] data = random(8192, 21);
        MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, 512, data.length);
        if (!store.tryWrite(12288, buffer, 512, data.length)) {
            assertThat(store.write(12288, buffer, 512, data.length, false)).isEqualTo(Outcome.OK);
        }
        assertThat(read(12288, 8192)).isEqualTo(data);
        assertThat(read(8192, 4096)).containsOnly(0);
    }

    @Test
    void shouldWriteUnalignedBytesWithoutTouchingTheirNeighbours() {
        byte[] base = random(SIZE, 2);
        write(0, base, 0, false);
        byte[] data = random(1000, 3);
        write(4096 * 3 - 512, data, 24, true);
        System.arraycopy(data, 0, base, 4096 * 3 - 512, data.length);
        assertThat(read(0, SIZE)).isEqualTo(base);
    }

    @Test
    void shouldUseTheBufferFromTheGivenPlace() {
        byte[] data = random(512, 4);
        write(512, data, 1024 + 8, false);
        buffer.fill((byte) 0);
        assertThat(store.read(512, buffer, 40, 512)).isEqualTo(Outcome.OK);
        assertThat(buffer.asSlice(40, 512).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(data);
        assertThat(buffer.get(ValueLayout.JAVA_BYTE, 39)).isZero();
        assertThat(buffer.get(ValueLayout.JAVA_BYTE, 552)).isZero();
    }

    @Test
    void shouldReadDiscardedBytesAsZerosAndKeepTheOthers() {
        byte[] base = random(SIZE, 5);
        write(0, base, 0, false);
        assertThat(store.discard(5000, 70000)).isEqualTo(Outcome.OK);
        Arrays.fill(base, 5000, 75000, (byte) 0);
        assertThat(read(0, SIZE)).isEqualTo(base);
    }

    @Test
    void shouldWriteZeroesInAnyRange() {
        byte[] base = random(SIZE, 6);
        write(0, base, 0, false);
        assertThat(store.writeZeroes(100, 300_000)).isEqualTo(Outcome.OK);
        Arrays.fill(base, 100, 300_100, (byte) 0);
        assertThat(read(0, SIZE)).isEqualTo(base);
    }

    @Test
    void shouldReadTheSameFromTheMedium() {
        byte[] data = random(65536, 7);
        write(8192, data, 0, false);
        assertThat(store.readMedium(8192, buffer, 0, 65536)).isEqualTo(Outcome.OK);
        assertThat(buffer.asSlice(0, 65536).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(data);
    }

    @Test
    void shouldFlush() {
        write(0, random(4096, 8), 0, false);
        assertThat(store.flush()).isEqualTo(Outcome.OK);
    }

    @Test
    void shouldReportWhatIsAllocated() throws IOException {
        int unit = store.traits().granularity();
        assertThat(store.extentAt(0)).isEqualTo(new Extent(0, SIZE, false));
        write(4L * unit, random(2 * unit, 9), 0, false);
        assertThat(store.extentAt(0)).isEqualTo(new Extent(0, 4L * unit, false));
        assertThat(store.extentAt(4L * unit)).isEqualTo(new Extent(4L * unit, 2L * unit, true));
        assertThat(store.extentAt(5L * unit + 512)).isEqualTo(new Extent(5L * unit + 512, unit - 512, true));
        assertThat(store.extentAt(6L * unit)).isEqualTo(new Extent(6L * unit, SIZE - 6L * unit, false));
        assertThat(store.discard(4L * unit, unit)).isEqualTo(Outcome.OK);
        assertThat(store.extentAt(0)).isEqualTo(new Extent(0, 5L * unit, false));
    }

    @Test
    void shouldBehaveLikeAnArrayOfBytes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] model = new byte[SIZE];
        for (int step = 0; step < 2000; step++) {
            int offset = random.nextInt(SIZE / 512) * 512;
            int length = Math.min((1 + random.nextInt(64)) * 512, SIZE - offset);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    byte[] data = random(length, random.nextLong());
                    write(offset, data, random.nextInt(3) * 512, random.nextInt(16) == 0);
                    System.arraycopy(data, 0, model, offset, length);
                }
                case 2 -> {
                    assertThat(store.discard(offset, length)).isEqualTo(Outcome.OK);
                    Arrays.fill(model, offset, offset + length, (byte) 0);
                }
                case 3 -> {
                    assertThat(store.writeZeroes(offset, length)).isEqualTo(Outcome.OK);
                    Arrays.fill(model, offset, offset + length, (byte) 0);
                }
                default ->
                    assertThat(read(offset, length))
                            .as("seed %d, step %d, offset %d", seed, step, offset)
                            .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
            }
        }
        assertThat(read(0, SIZE)).as("seed %d", seed).isEqualTo(model);
    }

    final void write(long offset, byte[] data, int at, boolean durable) {
        MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, at, data.length);
        assertThat(store.write(offset, buffer, at, data.length, durable)).isEqualTo(Outcome.OK);
    }

    final byte[] read(long offset, int length) {
        assertThat(store.read(offset, buffer, 0, length)).isEqualTo(Outcome.OK);
        return buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    static byte[] random(int length, long seed) {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        return data;
    }
}
