// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import io.sluice.vtl.store.storage.FileStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader in Python that was written from docs/cartridge-format.md sees what was written. */
final class IndependentReaderTest {
    private static final StoreShape SMALL = new StoreShape(32 << 10, 60, 8 << 10, 16 << 10, 20, 4 << 10, 1 << 20);

    @Test
    void shouldBeReadByAProgramWrittenFromTheDocument(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(
                runs("python3", "--version") && runs("zstd", "--version"), "SKIPPED: no python3 or no zstd");
        List<String> expected = new ArrayList<>();
        StoredCartridges store = new StoredCartridges(new FileStorage(folder), SMALL);
        store.create(new CartridgeLabel("VTL001L8", MediumType.LTO_8, 12_000, false, Instant.EPOCH));
        Random random = new Random(11);
        MemorySegment data = Arena.ofAuto().allocate(4096);
        for (int mount = 0; mount < 4; mount++) {
            try (Cartridge cartridge = store.mount("VTL001L8", new UUID(1, mount))) {
                assertThat(cartridge.keep(kept(cartridge, mount))).isEqualTo(MediumResult.OK);
                Partition partition = cartridge.partition(0);
                for (int i = 0; i < 60; i++) {
                    int at = random.nextInt(10) == 0 ? random.nextInt(expected.size() + 1) : expected.size();
                    expected.subList(at, expected.size()).clear();
                    if (random.nextInt(6) == 0) {
                        assertThat(partition.writeFilemarks(at, 2, i)).isEqualTo(MediumResult.OK);
                        expected.add("filemark");
                        expected.add("filemark");
                        continue;
                    }
                    byte[] block = new byte[random.nextInt(4) == 0 ? 4096 : 1 + random.nextInt(2000)];
                    if (random.nextBoolean()) {
                        random.nextBytes(block);
                    }
                    MemorySegment.copy(block, 0, data, ValueLayout.JAVA_BYTE, 0, block.length);
                    assertThat(partition.writeBlock(at, data, 0, block.length, true, i))
                            .isEqualTo(MediumResult.OK);
                    byte[] hash = MessageDigest.getInstance("SHA-256").digest(block);
                    expected.add(block.length + " " + HexFormat.of().formatHex(hash));
                }
            }
        }
        Path reader = Path.of(
                IndependentReaderTest.class.getResource("/cartridge_reader.py").toURI());
        Process python = new ProcessBuilder(
                        "python3", reader.toString(), folder.resolve("VTL001L8").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(output).isZero();
        List<String> lines = new ArrayList<>(List.of("label VTL001L8 LTO_8 12000", "memory 4 65532 4 4 10"));
        for (int i = 0; i < expected.size(); i++) {
            lines.add(i + " " + expected.get(i));
        }
        lines.add("end " + expected.size());
        assertThat(output.lines()).containsExactlyElementsOf(lines);
    }

    /** One load more than before, and an attribute that is longer than the one before. */
    private static CartridgeMemory kept(Cartridge cartridge, int mount) {
        CartridgeMemory before = Objects.requireNonNull(cartridge.memory());
        SortedMap<Integer, byte[]> attributes = new TreeMap<>(before.attributes());
        attributes.put(0x0800 + mount, new byte[mount + 1]);
        return before.with(before.history().mounted(new UUID(1, mount), "IBM     " + mount))
                .with(attributes)
                .limited(before.proportion() - (mount > 0 ? 1 : 0));
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
