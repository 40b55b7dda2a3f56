// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testing.CommandResult;
import io.sluice.vtl.changer.ElementStatusDecoder.Report;
import io.sluice.vtl.changer.ElementStatusDecoder.Status;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.LabelledStore;
import io.sluice.vtl.library.RecordedStorage;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random moves, exchanges and looks on the device and on a model of it that is written from SMC-3 alone: an array of barcodes.
 * {@code -Dchanger.commands=1000000} and {@code -Dchanger.seed=…} for more of them, or the same again.
 */
final class ChangerModelTest {
    private static final int[] ELEMENTS = {
        0x101, 0x102, 0x103, 0x301, 0x302, 0x401, 0x402, 0x403, 0x404, 0x405, 0x406, 0x407, 0x408
    };
    private static final int EMPTY = 0x3B0E;
    private static final int FULL = 0x3B0D;
    private static final int INVALID = 0x2101;

    private final long seed = Long.getLong("changer.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final @Nullable String[] in = new @Nullable String[0x10000];
    private final int[] home = new int[0x10000];

    @TempDir
    Path directory;

    private static boolean isElement(int address) {
        for (int one : ELEMENTS) {
            if (one == address) {
                return true;
            }
        }
        return false;
    }

    private int address() {
        int[] odd = {0, 1, 0x100, 0x104, 0x303, 0x400, 0x409, 0xFFFF};
        return random.nextInt(20) == 0 ? odd[random.nextInt(odd.length)] : ELEMENTS[random.nextInt(ELEMENTS.length)];
    }

    private static boolean isSlot(int address) {
        return address >= 0x401;
    }

    private void put(int to, @Nullable String barcode, int from, int homeBefore) {
        in[to] = barcode;
        home[to] = isSlot(from) ? from : homeBefore;
    }

    private int move(int from, int to) {
        if (!isElement(from) || !isElement(to)) {
            return INVALID;
        } else if (in[from] == null) {
            return EMPTY;
        } else if (in[to] != null) {
            return FULL;
        }
        put(to, in[from], from, home[from]);
        in[from] = null;
        return 0;
    }

    private int exchange(int source, int first, int second) {
        if (!isElement(source) || !isElement(first) || !isElement(second)) {
            return INVALID;
        } else if (in[source] == null) {
            return EMPTY;
        } else if (source == first) {
            return FULL;
        } else if (in[first] == null) {
            return EMPTY;
        } else if (second != source && in[second] != null) {
            return FULL;
        }
        String one = in[source];
        String other = in[first];
        int oneHome = home[source];
        int otherHome = home[first];
        in[source] = null;
        put(first, one, source, oneHome);
        put(second, other, first, otherHome);
        return 0;
    }

    private void look(ChangerBench changer, int at) {
        int type = random.nextInt(5);
        int from = random.nextInt(3) == 0 ? 0 : random.nextInt(0x40B);
        int count = random.nextInt(16);
        Report report = changer.status(type, from, count);
        int found = 0;
        int bytes = 0;
        int lastType = -1;
        for (int address = Math.max(from, 1); address < 0x40A && found < count; address++) {
            int typeHere = address == 1 ? 1 : !isElement(address) ? 0 : address < 0x300 ? 4 : address < 0x400 ? 3 : 2;
            if (typeHere == 0 || (type != 0 && type != typeHere)) {
                continue;
            }
            bytes += (typeHere == lastType ? 0 : 8) + (typeHere == 4 ? 0x56 : 0x34);
            lastType = typeHere;
            Status status = report.elements().get(found++);
            String what = "seed " + seed + ", command " + at + ": " + status;
            assertThat(status.address()).as(what).isEqualTo(address);
            assertThat(status.type()).as(what).isEqualTo(typeHere);
            assertThat(status.isFull()).as(what).isEqualTo(in[address] != null);
            assertThat(status.tag()).as(what).isEqualTo(in[address] == null ? "" : in[address]);
            assertThat(status.exception()).as(what).isZero();
            boolean known = in[address] != null && home[address] != 0;
            assertThat(status.sourceValid()).as(what).isEqualTo(known);
            assertThat(status.source()).as(what).isEqualTo(known ? home[address] : 0);
            assertThat(status.drive().isEmpty()).as(what).isEqualTo(typeHere != 4);
        }
        assertThat(report.count()).as("seed " + seed + ", command " + at).isEqualTo(found);
        assertThat(report.bytes()).as("seed " + seed + ", command " + at).isEqualTo(bytes);
    }

    @Test
    void shouldDoWhatItsModelDoes() throws Exception {
        int commands = Integer.getInteger("changer.commands", 100_000);
        LabelledStore store = new LabelledStore("A", "B", "C", "D", "E", "F", "G");
        for (int i = 0; i < 7; i++) {
            in[0x401 + i] = String.valueOf((char) ('A' + i));
        }
        RecordedStorage storage = new RecordedStorage().withoutRecord();
        int good = 0;
        try (ChangerBench changer = new ChangerBench(directory, Geometry.of(3, 2, 8), store, storage)) {
            for (int i = 0; i < commands; i++) {
                int kind = random.nextInt(10);
                if (kind == 0) {
                    look(changer, i);
                    continue;
                }
                int source = address();
                int first = address();
                int second = random.nextInt(3) == 0 ? source : address();
                int expected = kind < 7 ? move(source, first) : exchange(source, first, second);
                CommandResult result = kind < 7 ? changer.move(source, first) : changer.exchange(source, first, second);
                int got = result.isGood() ? 0 : result.sense().additional().code();
                assertThat(got)
                        .as("seed %d, command %d: %X %X %X: %s", seed, i, source, first, second, result)
                        .isEqualTo(expected);
                good += got == 0 ? 1 : 0;
                for (int drive = 0; drive < 3; drive++) {
                    assertThat(changer.bench().bay(drive).barcode().orElse(null))
                            .isEqualTo(in[0x101 + drive]);
                }
            }
        }
        assertThat(good).isGreaterThan(commands / 10);
    }
}
