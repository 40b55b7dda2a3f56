// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes may come as a CDB and as its data: no exception escapes, and every command ends once. */
final class RandomCdbTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"ram", "file", "null"})
    void shouldEndEveryCommand(String backend) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (DiskRig disk = open(backend)) {
            for (int round = 0; round < 200; round++) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    byte[] cdb = cdb(random, opcode);
                    byte[] data = new byte[random.nextInt(4) * 128 * random.nextInt(9)];
                    random.nextBytes(data);
                    assertThatCode(() -> disk.out(data, cdb))
                            .as(
                                    "seed %d, CDB %s, %d bytes",
                                    seed, HexFormat.of().formatHex(cdb), data.length)
                            .doesNotThrowAnyException();
                }
            }
        }
    }

    private DiskRig open(String backend) throws Exception {
        return switch (backend) {
            case "null" -> DiskRig.open(home, "backend", "null", "removable", true);
            case "ram" -> DiskRig.open(home, "backend", "ram", "size", "1MiB");
            default -> DiskRig.open(home, "path", home.resolve("disk").toString(), "size", "1MiB");
        };
    }

    /** Mostly zeros, or most commands would fail at their reserved bits. */
    private static byte[] cdb(Random random, int opcode) {
        byte[] cdb = new byte[opcode >> 5 == 0 ? 6 : opcode >> 5 == 5 ? 12 : opcode >> 5 == 4 ? 16 : 10];
        for (int i = 1; i < cdb.length; i++) {
            cdb[i] = switch (random.nextInt(8)) {
                case 0 -> (byte) random.nextInt();
                case 1 -> (byte) (1 << random.nextInt(8));
                case 2 -> (byte) 0xFF;
                default -> 0;
            };
        }
        cdb[0] = (byte) opcode;
        return cdb;
    }
}
