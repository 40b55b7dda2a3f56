// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.OperationException;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.LibraryBench;
import io.sluice.vtl.library.Loan;
import io.sluice.vtl.library.MoveResult;
import io.sluice.vtl.library.RecordedStorage;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.store.StoredCartridges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice library}, {@code tape} and {@code drive} over a library with two drives, a mail slot, three slots and one cartridge. */
final class OperationsTest {
    /** Two blocks of 3 bytes, a filemark, a block of 1 byte, the end. */
    private static final String IMAGE =
            "03000000616263000300000003000000646566000300000000000000010000006700" + "01000000ffffffff";

    @TempDir
    Path directory;

    private LibraryBench bench;

    @BeforeEach
    void open() throws IOException {
        StoredCartridges store = StoredCartridges.in(directory);
        store.create(new CartridgeLabel("VTL001L8", MediumType.LTO_8, 1L << 30, false, Instant.EPOCH));
        bench = LibraryBench.open(Geometry.of(2, 1, 3), store, new RecordedStorage());
    }

    private Map<String, ?> run(String line) throws OperationException, DeviceConfigException, IOException {
        List<String> words = List.of(line.split(" "));
        Arguments arguments = Arguments.parse(words.subList(1, words.size()));
        return LibraryGroupProvider.operate("vtl", bench.library(), words.getFirst(), arguments);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Map<String, ?> answer, String name) {
        return (List<Map<String, Object>>) Objects.requireNonNull(answer.get(name));
    }

    private Object place(String barcode) throws Exception {
        return Objects.requireNonNull(run("tape show " + barcode).get("place"));
    }

    @Test
    void shouldShowTheLibrary() throws Exception {
        Map<String, Object> row = rows(run("library list"), "libraries").getFirst();
        assertThat(row)
                .containsEntry("library", "vtl")
                .containsEntry("drives", 2)
                .containsEntry("slots", 3)
                .containsEntry("mail_slots", 1)
                .containsEntry("cartridges", 1);
        List<Map<String, Object>> elements = rows(run("library show"), "elements");
        assertThat(elements).hasSize(6);
        assertThat(elements.get(0)).containsEntry("place", "drive 1").containsEntry("element", "0x101");
        assertThat(elements.get(3))
                .containsEntry("place", "slot 1")
                .containsEntry("element", "0x401")
                .containsEntry("barcode", "VTL001L8");
    }

    @Test
    void shouldGrow() throws Exception {
        assertThat(run("library add-slot").get("slots")).isEqualTo(4);
        assertThat(run("library add-slot 6").get("slots")).isEqualTo(10);
        Map<String, ?> grown = run("library add-drive");
        assertThat(grown.get("drives")).isEqualTo(3);
        assertThat(String.valueOf(grown.get("next"))).contains("./sluice reload");
        assertThat(run("drive show 3").get("condition")).isEqualTo("no drive");
        assertThatThrownBy(() -> run("library add-drive 254")).hasMessageContaining("256");
        assertThatThrownBy(() -> run("library add-slot none"))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("\"none\"");
        assertThat(bench.library().geometry().drives()).isEqualTo(3);
    }

    @Test
    void shouldMakeCartridgesOfTheGenerationThatTheBarcodeTells() throws Exception {
        Map<String, ?> made = run("tape create NEW001L7");
        assertThat(made.get("medium")).isEqualTo("lto-7");
        assertThat(made.get("capacity")).isEqualTo(6_000_000_000_000L);
        assertThat(made.get("place")).isEqualTo("slot 2");
        assertThat(run("tape create ODD --medium lto-9 --capacity=2GiB").get("capacity"))
                .isEqualTo(2L << 30);
        assertThat(rows(run("tape list"), "tapes"))
                .extracting(row -> row.get("barcode"))
                .containsExactly("NEW001L7", "ODD", "VTL001L8");
        assertThatThrownBy(() -> run("tape create MORE")).hasMessageContaining("add-slot");
        assertThatThrownBy(() -> run("tape create lower")).isInstanceOf(OperationException.class);
        assertThatThrownBy(() -> run("tape create A --capacty 1GiB")).hasMessageContaining("did you mean capacity");
        assertThatThrownBy(() -> run("tape create A --medium")).hasMessageContaining("no value");
        assertThat(rows(run("tape list"), "tapes")).hasSize(3);
    }

    @Test
    void shouldTakeACartridgeOutAndPutItIn() throws Exception {
        assertThat(run("tape eject VTL001L8").get("element")).isEqualTo("0x401");
        assertThat(place("VTL001L8")).isEqualTo("shelf");
        assertThatThrownBy(() -> run("drive load 1 VTL001L8")).hasMessageContaining("sluice tape insert");
        assertThat(run("tape insert VTL001L8").get("place")).isEqualTo("mail slot 1");
        assertThat(place("VTL001L8")).isEqualTo("mail slot 1");
        assertThatThrownBy(() -> run("tape insert NONE")).hasMessageContaining("NONE");
    }

    @Test
    void shouldLoadAndUnloadTheDriveOfThatNumber() throws Exception {
        Map<String, ?> loaded = run("drive load 2 VTL001L8");
        assertThat(loaded.get("drive")).isEqualTo(2);
        assertThat(loaded.get("barcode")).isEqualTo("VTL001L8");
        assertThat(bench.bay(1).barcode()).contains("VTL001L8");
        assertThat(place("VTL001L8")).isEqualTo("drive 2");
        assertThatThrownBy(() -> run("tape check VTL001L8")).hasMessageContaining("in drive 2");
        Map<String, ?> unloaded = run("drive unload 2");
        assertThat(unloaded.get("place")).isEqualTo("slot 1");
        assertThat(bench.bay(1).barcode()).isEmpty();
        assertThatThrownBy(() -> run("drive unload 2")).hasMessageContaining("empty");
        assertThatThrownBy(() -> run("drive load 3 VTL001L8")).hasMessageContaining("from 1 to 2");
        assertThat(rows(run("drive list"), "drives")).hasSize(2);
    }

    @Test
    void shouldCheckACartridge() throws Exception {
        Map<String, ?> report = run("tape check VTL001L8");
        assertThat(report.get("ok")).isEqualTo(true);
        assertThat(report.get("objects")).isEqualTo(0L);
        assertThat(rows(report, "damage")).isEmpty();
    }

    private Path image(String hex) throws IOException {
        return Files.write(directory.resolve("image.tap"), HexFormat.of().parseHex(hex));
    }

    @Test
    void shouldTakeAnImageListItAndGiveItBack() throws Exception {
        Path image = image(IMAGE);
        assertThat(run("tape import VTL001L8 " + image).get("objects")).isEqualTo(4L);
        assertThat(rows(run("tape dump VTL001L8"), "contents"))
                .extracting(row -> row.get("file") + ":" + row.get("first_object") + "-" + row.get("last_object") + " "
                        + row.get("kind") + " " + row.get("length"))
                .containsExactly("0:0-1 block 3", "0:2-2 filemark 0", "1:3-3 block 1");
        assertThat(rows(run("tape dump VTL001L8 --from 3"), "contents")).hasSize(1);
        Path back = directory.resolve("back.tap");
        Map<String, ?> exported = run("tape export VTL001L8 " + back);
        assertThat(exported.get("ok")).isEqualTo(true);
        assertThat(exported.get("image_bytes")).isEqualTo(Files.size(back));
        assertThat(Files.readAllBytes(back)).isEqualTo(Files.readAllBytes(image));
    }

    @Test
    void shouldOverwriteNothingThatItWasNotToldTo() throws Exception {
        Path image = image(IMAGE);
        assertThatThrownBy(() -> run("tape export VTL001L8 " + image)).hasMessageContaining("there already");
        assertThat(Files.readAllBytes(image)).isEqualTo(HexFormat.of().parseHex(IMAGE));
        run("tape import VTL001L8 " + image);
        assertThatThrownBy(() -> run("tape import VTL001L8 " + image)).hasMessageContaining("--replace yes");
        assertThat(run("tape import VTL001L8 " + image + " --replace yes").get("objects"))
                .isEqualTo(4L);
        assertThatThrownBy(() -> run("tape import VTL001L8 image.tap")).hasMessageContaining("write ./image.tap");
        assertThatThrownBy(() -> run("tape import VTL001L8 " + image + " --replace maybe"))
                .hasMessageContaining("yes or no");
    }

    @Test
    void shouldRefuseAnImageThatIsLargerThanTheCartridge() throws Exception {
        run("tape create TINY01L8 --capacity 4");
        Path image = image(IMAGE);
        assertThatThrownBy(() -> run("tape import TINY01L8 " + image))
                .hasMessageContaining("object 1 of the image does not fit");
        assertThatThrownBy(() -> run("tape export VTL001L8 /nowhere/at/all.tap"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldLeaveACartridgeInItsPlaceWhileACommandUsesIt() throws Exception {
        try (Loan loan = bench.library().lend("VTL001L8")) {
            assertThat(loan).isNotNull();
            assertThat(bench.library().move(0x401, 0x101, 7)).isEqualTo(MoveResult.ON_LOAN);
            assertThat(bench.library().element(0x401).orElseThrow().accessible())
                    .isFalse();
            assertThatThrownBy(() -> run("tape check VTL001L8")).hasMessageContaining("wait until that has ended");
            assertThatThrownBy(() -> run("tape eject VTL001L8")).hasMessageContaining("wait until that has ended");
            assertThatThrownBy(() -> run("drive load 1 VTL001L8")).hasMessageContaining("wait until that has ended");
        }
        assertThat(bench.library().element(0x401).orElseThrow().accessible()).isTrue();
        assertThat(bench.library().move(0x401, 0x101, 8)).isEqualTo(MoveResult.MOVED);
        for (String verb : List.of("check", "dump", "export")) {
            assertThatThrownBy(() -> run("tape " + verb + " VTL001L8" + (verb.equals("export") ? " /x.tap" : "")))
                    .hasMessageContaining("in drive 1");
        }
    }

    @Test
    void shouldSayHowItIsWritten() {
        assertThatThrownBy(() -> run("tape eject")).hasMessage("usage: sluice tape eject BARCODE [--library NAME]");
        assertThatThrownBy(() -> run("tape juggle A")).hasMessageContaining("insert");
        assertThatThrownBy(() -> run("library list --all yes")).hasMessageContaining("--all");
    }
}
