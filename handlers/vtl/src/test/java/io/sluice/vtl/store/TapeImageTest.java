// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images in and out, and what a check says of a cartridge that lost a byte. */
final class TapeImageTest {
    /** Two blocks, of 3 and 2 bytes, a filemark, a block, the end. */
    private static final byte[] IMAGE = HexFormat.ofDelimiter(" ")
            .parseHex("03 00 00 00 61 62 63 00 03 00 00 00 02 00 00 00 64 65 02 00 00 00 00 00 00 00"
                    + " 01 00 00 00 66 00 01 00 00 00 ff ff ff ff");

    private final SimulatedStorage storage = new SimulatedStorage();
    private final StoredCartridges store = new StoredCartridges(storage, StoreShape.STANDARD);

    @BeforeEach
    void makeIt() throws IOException {
        store.create(new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
    }

    private long take(byte[] image) throws IOException {
        return TapeImage.importFrom(
                store, SimulatedStorage.NAME, new ByteArrayInputStream(image), false, true, object -> {});
    }

    @Test
    void shouldGiveBackTheImageThatItTook() throws IOException {
        assertThat(take(IMAGE)).isEqualTo(4);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(TapeImage.exportTo(store, SimulatedStorage.NAME, out, object -> {}))
                .isZero();
        assertThat(out.toByteArray()).isEqualTo(IMAGE);
        StringBuilder listing = new StringBuilder();
        TapeCheck.dump(store, SimulatedStorage.NAME, 0, (object, file, length) -> {
            listing.append(object + ":" + file + ":" + length + " ");
            return true;
        });
        assertThat(listing.toString()).isEqualTo("0:0:3 1:0:2 2:0:-1 3:1:1 ");
    }

    private long changes() throws IOException {
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(3, 3))) {
            return Objects.requireNonNull(cartridge.memory()).history().changes();
        }
    }

    @Test
    void shouldCountAnImportAsAChangeOfTheVolume() throws IOException {
        long made = changes();
        take(IMAGE);
        assertThat(changes()).isGreaterThan(made);
    }

    @Test
    void shouldRefuseAnImageThatEndsTooEarly() {
        byte[] half = Arrays.copyOf(IMAGE, 6);
        assertThatThrownBy(() -> take(half)).hasMessageContaining("ends within object 0");
    }

    @Test
    void shouldNameTheObjectThatIsDamaged() throws IOException {
        take(IMAGE);
        // Stored bytes begin at multiples of 64.
        byte[] bytes = Objects.requireNonNull(storage.files.get("p0.00000001.data")).bytes;
        bytes[indexOf(bytes, (byte) 'd', (byte) 'e')] ^= 1;
        TapeCheck.Report report = TapeCheck.check(store, SimulatedStorage.NAME, object -> {});
        assertThat(report.objects()).isEqualTo(4);
        assertThat(report.filemarks()).isEqualTo(1);
        assertThat(report.damage()).isEqualTo(List.of(new TapeCheck.Damage(1, 1, -3)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(TapeImage.exportTo(store, SimulatedStorage.NAME, out, object -> {}))
                .isEqualTo(1);
        assertThat(HexFormat.of().formatHex(out.toByteArray()))
                .as("an error in place of the second block, the rest as it was")
                .isEqualTo("03000000616263000300000000000080000000800000000001000000660001000000ffffffff");
    }

    private static int indexOf(byte[] bytes, byte first, byte second) {
        for (int i = 4096; i < bytes.length - 1; i++) {
            if (bytes[i] == first && bytes[i + 1] == second && i % 64 == 0) {
                return i;
            }
        }
        throw new AssertionError("the block is not there");
    }
}
