// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Any byte of any object of a cartridge that was unloaded is changed: never are wrong data read. */
final class BitRotTest {
    private static final StoreShape SMALL = new StoreShape(7 << 10, 40, 1 << 20, 1 << 20, 1000, 4 << 10, 1 << 20);
    private static final int SMALL_BLOCK = 700;
    /** One that goes to the storage uncopied. */
    private static final int MAX = 2112;

    private final MemorySegment data = Arena.ofAuto().allocate(MAX);
    private final List<byte[]> model = new ArrayList<>();

    @Test
    void shouldReportDamageAndNeverDeliverIt() throws IOException {
        Map<String, byte[]> whole = written();
        Random random = new Random(5);
        int refused = 0;
        int damaged = 0;
        int harmless = 0;
        for (Map.Entry<String, byte[]> file : whole.entrySet()) {
            for (int at = 0; at < file.getValue().length; at++) {
                Map<String, byte[]> rotten = new TreeMap<>(whole);
                byte[] bytes = file.getValue().clone();
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                rotten.put(file.getKey(), bytes);
                int bad = damagedObjects(SimulatedStorage.of(rotten), file.getKey() + " byte " + at);
                if (bad < 0) {
                    refused++;
                    SimulatedStorage kept = SimulatedStorage.of(rotten);
                    new StoredCartridges(kept, SMALL).writeProtect(SimulatedStorage.NAME, true);
                    assertThat(damagedObjects(kept, file.getKey() + " byte " + at + ", write protected"))
                            .as(file.getKey() + " byte " + at + ": the head alone is damaged, and nobody may write")
                            .isZero();
                }
                damaged += bad > 0 ? 1 : 0;
                harmless += bad == 0 ? 1 : 0;
                if (!file.getKey().endsWith(".data")) {
                    assertThat(bad)
                            .as(file.getKey() + " byte " + at + ": all else tells the same")
                            .isZero();
                }
            }
        }
        assertThat(refused).as("refused mounts").isPositive();
        assertThat(damaged).as("flips found at one object").isGreaterThan(harmless / 100);
    }

    private Map<String, byte[]> written() throws IOException {
        SimulatedStorage storage = new SimulatedStorage();
        StoredCartridges store = new StoredCartridges(storage, SMALL);
        store.create(new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
        Random random = new Random(3);
        try (Cartridge cartridge = store.mount(SimulatedStorage.NAME, new UUID(1, 1))) {
            Partition partition = cartridge.partition(0);
            for (int i = 0; i < 20; i++) {
                byte[] block = new byte[i % 7 == 6 ? 0 : i % 9 == 4 ? MAX : 1 + random.nextInt(SMALL_BLOCK)];
                if (i % 3 != 0) {
                    random.nextBytes(block);
                }
                model.add(block);
                MemorySegment.copy(block, 0, data, ValueLayout.JAVA_BYTE, 0, block.length);
                assertThat(
                                block.length == 0
                                        ? partition.writeFilemarks(i, 1, i)
                                        : partition.writeBlock(i, data, 0, block.length, true, i))
                        .isEqualTo(MediumResult.OK);
            }
        }
        Map<String, byte[]> whole = new TreeMap<>();
        storage.files.forEach((name, content) -> whole.put(name, content.bytes));
        assertThat(whole.keySet()).as("two segments and what belongs to them").hasSizeGreaterThan(5);
        return whole;
    }

    /** How many objects are damaged; -1 if the cartridge is refused. Fails if anything is read that was not written. */
    private int damagedObjects(SimulatedStorage storage, String what) throws IOException {
        int bad = 0;
        try (Cartridge cartridge = new StoredCartridges(storage, SMALL).mount(SimulatedStorage.NAME, new UUID(2, 2))) {
            Partition partition = cartridge.partition(0);
            assertThat(partition.objects()).as(what).isEqualTo(model.size());
            for (int object = 0; object < model.size(); object++) {
                long read = partition.read(object, data, 0, MAX);
                if (read == MediumResult.DAMAGED) {
                    bad++;
                } else if (read == MediumResult.FILEMARK) {
                    assertThat(model.get(object)).as(what).isEmpty();
                } else if (read < 0
                        || !Arrays.equals(data.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE), model.get(object))) {
                    fail(what + ": object " + object + " reads as something else: " + read);
                }
            }
        } catch (IOException e) {
            assertThat(e).as(what).hasMessageContaining(SimulatedStorage.NAME).hasMessageContaining("damaged");
            return -1;
        }
        return bad;
    }
}
