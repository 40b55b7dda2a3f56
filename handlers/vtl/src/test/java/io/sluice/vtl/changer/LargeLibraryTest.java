// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testing.CommandResult;
import io.sluice.vtl.changer.ElementStatusDecoder.Report;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.LabelledStore;
import io.sluice.vtl.library.RecordedStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The largest library: 65,000 slots, 256 drives, 255 import/export elements, and a cartridge in every slot. */
final class LargeLibraryTest {
    private static final int SLOTS = 65_000;
    private static final Duration BOUND = Duration.ofSeconds(3);

    @TempDir
    Path home;

    @Test
    void shouldReportAllOfItsElementsInBoundedTimeAndCutThemOffRightly() throws Exception {
        String[] barcodes =
                IntStream.range(0, SLOTS).mapToObj("V%05dL8"::formatted).toArray(String[]::new);
        Geometry geometry = Geometry.of(256, 255, SLOTS);
        try (ChangerBench changer =
                new ChangerBench(home, geometry, new LabelledStore(barcodes), new RecordedStorage())) {
            long start = System.nanoTime();
            CommandResult all = changer.gateway().execute("B8 10 0000 FFFF 03 FFFFFF 00 00", 8 << 20);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
            Report report = ElementStatusDecoder.decode(all.dataIn());
            assertThat(report.count())
                    .isEqualTo(geometry.elements())
                    .isEqualTo(report.elements().size());
            assertThat(report.bytes()).isEqualTo(4 * 8 + 256 * 0x56 + (1 + 255 + SLOTS) * 0x34);
            assertThat(all.dataLength()).isEqualTo(report.bytes() + 8);
            assertThat(report.elements().getLast().address()).isEqualTo(0xFFE8);
            assertThat(report.elements().getLast().tag()).isEqualTo(barcodes[SLOTS - 1]);
            CommandResult cut = changer.gateway().execute("B8 12 0000 FFFF 00 00FFFF 00 00", 1 << 16);
            assertThat(cut.dataLength()).isEqualTo(0xFFFF);
            assertThat(ElementStatusDecoder.decode(cut.dataIn()).count()).isEqualTo(SLOTS);
            assertThat(changer.move(0xFFE8, 0x002).isGood()).isTrue();
            assertThat(changer.bench().bay(0).barcode()).contains(barcodes[SLOTS - 1]);
        }
    }
}
