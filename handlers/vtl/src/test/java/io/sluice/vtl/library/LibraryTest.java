// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LibraryTest {
    private final LabelledStore store = new LabelledStore("A00001L8", "B00002L8");
    private final RecordedStorage storage = new RecordedStorage();
    private final List<String> news = new ArrayList<>();
    private boolean prevented;

    @TempDir
    Path directory;

    private Library library;
    private LibraryOperator operator;
    private LibraryBench bench;

    @BeforeEach
    void open() throws IOException {
        bench = LibraryBench.open(Geometry.of(1, 1, 3), store, storage);
        library = bench.library();
        operator = new LibraryOperator(library);
        library.watch(new LibraryWatcher() {
            @Override
            public void stationAccessed() {
                news.add("station");
            }

            @Override
            public void inventoryChanged() {
                news.add("inventory");
            }

            @Override
            public void elementsAdded() {
                news.add("elements");
            }

            @Override
            public boolean isRemovalPrevented() {
                return prevented;
            }
        });
    }

    private int where(String barcode) {
        return library.find(barcode).orElseThrow().address();
    }

    @Test
    void shouldTakeACartridgeOutAndPutItInAgain() throws IOException {
        assertThat(operator.eject("A00001L8")).isEqualTo(0x401);
        assertThat(where("A00001L8")).isEqualTo(Placement.SHELF);
        open();
        assertThat(where("A00001L8")).as("it does not come back by itself").isEqualTo(Placement.SHELF);
        assertThat(operator.insert("A00001L8")).isEqualTo(0x301);
        assertThat(library.find("A00001L8").orElseThrow().imported()).isTrue();
        assertThatThrownBy(() -> operator.insert("A00001L8")).hasMessageContaining("in the library already");
        operator.eject("B00002L8");
        assertThatThrownBy(() -> operator.insert("B00002L8")).hasMessageContaining("full");
        assertThat(news).containsExactly("station", "station", "station");
    }

    @Test
    void shouldNotTakeACartridgeOutWhileThatIsPrevented() throws IOException {
        prevented = true;
        assertThatThrownBy(() -> operator.eject("A00001L8")).hasMessageContaining("PREVENT ALLOW MEDIUM REMOVAL");
        assertThat(where("A00001L8")).isEqualTo(0x401);
    }

    @Test
    void shouldLoadAndUnloadADrive() throws IOException {
        operator.load("B00002L8", 0);
        assertThat(bench.bay(0).barcode()).contains("B00002L8");
        assertThatThrownBy(() -> operator.load("A00001L8", 0)).hasMessageContaining("unload it first");
        assertThatThrownBy(() -> operator.eject("B00002L8")).hasMessageContaining("in the drive");
        assertThat(operator.unload(0)).isEqualTo(0x402);
        assertThatThrownBy(() -> operator.unload(0)).hasMessageContaining("empty");
        assertThatThrownBy(() -> operator.load("A00001L8", 1)).hasMessageContaining("drive 1");
    }

    @Test
    void shouldGrowWhileItIsUsedAndStayLarger() throws IOException {
        assertThat(operator.addSlots(10)).isEqualTo(13);
        assertThat(operator.addDrives(1)).isEqualTo(2);
        assertThat(news).containsExactly("elements", "elements");
        assertThat(library.move(0x401, 0x102, 0)).isEqualTo(MoveResult.NO_DRIVE);
        bench.attach();
        assertThat(library.move(0x401, 0x102, 0)).isEqualTo(MoveResult.MOVED);
        open();
        assertThat(library.geometry()).isEqualTo(Geometry.of(2, 1, 13));
        assertThat(bench.bay(1).barcode()).contains("A00001L8");
        assertThatThrownBy(() -> operator.addDrives(256)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldMakeACartridgeInTheFirstEmptySlot() throws IOException {
        assertThat(operator.create(LabelledStore.labelled("C00003L8"))).isEqualTo(0x403);
        assertThatThrownBy(() -> operator.create(LabelledStore.labelled("D00004L8")))
                .hasMessageContaining("full");
        assertThat(store.labels()).hasSize(3);
    }

    @Test
    void shouldKeepThePlaceOfALostCartridgeAndForgetOneOnTheShelf() throws IOException {
        operator.eject("B00002L8");
        store.lose("A00001L8");
        store.lose("B00002L8");
        open();
        assertThat(library.element(0x401).orElseThrow().condition()).isEqualTo(Element.Condition.CARTRIDGE_LOST);
        assertThat(library.find("B00002L8")).isEmpty();
        store.create(LabelledStore.labelled("A00001L8"));
        assertThat(library.takeStock()).isTrue();
        assertThat(library.element(0x401).orElseThrow().condition()).isEqualTo(Element.Condition.GOOD);
    }

    @Test
    void shouldPutNewCartridgesIntoSlotsThenMailSlotsThenOntoTheShelf() throws IOException {
        for (int i = 3; i <= 5; i++) {
            store.create(LabelledStore.labelled("N0000" + i + "L8"));
        }
        library.takeStock();
        assertThat(where("N00003L8")).isEqualTo(0x403);
        assertThat(where("N00004L8")).isEqualTo(0x301);
        assertThat(where("N00005L8")).isEqualTo(Placement.SHELF);
    }

    @Test
    void shouldUndoAMoveThatCannotBeRecorded() throws IOException {
        storage.failIn(0);
        assertThat(library.move(0x401, 0x101, 1)).isEqualTo(MoveResult.NOT_RECORDED);
        assertThat(bench.bay(0).barcode()).isEmpty();
        assertThat(where("A00001L8")).isEqualTo(0x401);
        assertThat(library.applied(1)).isFalse();
        assertThat(library.move(0x401, 0x101, 2)).isEqualTo(MoveResult.MOVED);
        open();
        assertThat(bench.bay(0).barcode()).contains("A00001L8");
        assertThat(library.applied(2)).isTrue();
        library.poweredOn();
        open();
        assertThat(library.applied(2)).isFalse();
    }

    @Test
    void shouldBeOneForAllWhoOpenItAndEndWithTheLast() throws IOException {
        LibrarySpec spec = new LibrarySpec(
                directory.resolve("lib"), Geometry.of(1, 1, 3), List.of(LabelledStore.labelled("Z1L8")));
        Library first = Libraries.open(spec);
        assertThat(Libraries.open(spec)).isSameAs(first);
        String serial = first.serial(0);
        assertThat(first.find("Z1L8").orElseThrow().address()).isEqualTo(0x401);
        assertThatThrownBy(() -> LibraryLock.acquire(spec.lock()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "in use by process " + ProcessHandle.current().pid());
        Bay bay = new BayDouble("1", Optional.empty());
        first.attach(0, bay);
        assertThatThrownBy(() -> first.attach(0, new BayDouble("2", Optional.empty())))
                .hasMessageContaining("open already");
        assertThatThrownBy(() -> first.attach(1, bay)).hasMessageContaining("add-drive");
        assertThat(first.move(0x401, 0x301, 7)).isEqualTo(MoveResult.MOVED);
        Libraries.close(first);
        Libraries.close(first);
        LibraryLock.acquire(spec.lock()).close();
        Library again = Libraries.open(spec);
        assertThat(again).isNotSameAs(first);
        assertThat(again.find("Z1L8").orElseThrow().address()).isEqualTo(0x301);
        assertThat(again.applied(7)).isTrue();
        assertThat(again.serial(0)).isEqualTo(serial);
        Libraries.close(again);
    }
}
