// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a later release wrote: refused where this one would read it wrongly, read where it may. */
final class FeaturesTest {
    private final SimulatedStorage storage = new SimulatedStorage();
    private final StoredCartridges store = new StoredCartridges(storage, StoreShape.STANDARD);

    @BeforeEach
    void write() throws IOException {
        store.create(new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            MemorySegment data = Arena.ofAuto().allocate(100);
            cartridge.partition(0).writeBlock(0, data, 0, 100, false, 1);
        }
    }

    private byte[] file(String name) {
        return Objects.requireNonNull(storage.files.get(name)).bytes;
    }

    /** Sets a number and makes the checksum right, as a later release would write it. */
    private static void set(byte[] bytes, int start, int at, int value, int crcAt) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(start + at, value);
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, crcAt);
        b.putInt(start + crcAt, (int) crc.getValue());
    }

    private void twin(String name, int at, int value) {
        byte[] bytes = file(name);
        set(bytes, 0, at, value, 60);
        set(bytes, bytes.length / 2, at, value, 60);
    }

    private void shouldRefuse(String message) {
        assertThatThrownBy(() -> store.mount(SimulatedStorage.NAME, new UUID(2, 2)))
                .hasMessageContaining(SimulatedStorage.NAME)
                .hasMessageContaining(message)
                .hasMessageContaining("use the release that wrote it, or a newer one");
    }

    @Test
    void shouldRefuseALabelWithAFeatureThatItDoesNotKnow() {
        twin("label", 16, 0x4);
        shouldRefuse("needs format features 0x4");
    }

    @Test
    void shouldRefuseATableOfSegmentsOfALaterVersion() {
        twin("p0.segments", 12, 2);
        shouldRefuse("has format version 2 and this release knows 1");
    }

    @Test
    void shouldRefuseASegmentWithAFeatureThatItDoesNotKnowAlsoForReadingOnly() throws IOException {
        set(file("p0.00000001.data"), 0, 12, 0x80000000, 4092);
        shouldRefuse("needs format features 0x80000000");
        store.writeProtect(SimulatedStorage.NAME, true);
        shouldRefuse("needs format features 0x80000000");
    }

    @Test
    void shouldRefuseAnIndexWithAFeatureThatItDoesNotKnow() {
        set(file("p0.00000001.index"), 0, 12, 0x2, 4092);
        shouldRefuse("needs format features 0x2");
    }

    @Test
    void shouldIgnoreCompatibleFeatures() throws IOException {
        twin("label", 20, 0xff);
        set(file("p0.00000001.data"), 0, 16, 0xff, 4092);
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(2, 2))) {
            assertThat(cartridge.partition(0).objects()).isEqualTo(1);
        }
    }
}
