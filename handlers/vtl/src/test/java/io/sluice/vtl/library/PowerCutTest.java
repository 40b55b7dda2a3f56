// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.vtl.library.RecordedStorage.Kind;
import io.sluice.vtl.library.RecordedStorage.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Power cuts at every instant of a journal's life: after each operation of its storage, with what was not synced dropped, kept, torn at
 * each byte, and torn with zeros or noise behind it. What opens then is the inventory before the change that was under way, or after it.
 */
final class PowerCutTest {
    private static final Geometry GEOMETRY = Geometry.of(2, 2, 6);
    private static final int CHANGES = 120;

    private final Random random = new Random(20261128);

    private record History(List<Operation> operations, List<Integer> changesAt, List<Map<String, Placement>> states) {}

    private static Map<String, Placement> stateOf(Inventory inventory) {
        Map<String, Placement> state = new TreeMap<>();
        inventory.all().forEach(placement -> state.put(placement.barcode(), placement));
        return state;
    }

    /** A life of random moves; after which operation each change was promised, and what the inventory was then. */
    private History live() throws IOException {
        RecordedStorage storage = new RecordedStorage();
        Inventory inventory = new Inventory(new UUID(1, 2), GEOMETRY);
        inventory.apply(Transition.of(
                0,
                List.of(
                        new Placement("A00001L8", 0x401, 0, false),
                        new Placement("B00002L8", 0x402, 0, false),
                        new Placement("C00003L8", 0x403, 0, false),
                        new Placement("D00004L8", Placement.SHELF, 0, false))));
        Journal journal = Journal.create(storage, inventory);
        List<Integer> at = new ArrayList<>(List.of(storage.operations().size()));
        List<Map<String, Placement>> states = new ArrayList<>(List.of(stateOf(inventory)));
        for (int i = 1; i <= CHANGES; i++) {
            if (i % 40 == 0) { // a change that could not be written, after which a snapshot comes
                storage.failIn(random.nextInt(2));
                Transition refused = change(inventory, i);
                assertThatThrownBy(() -> journal.commit(refused)).isInstanceOf(IOException.class);
                at.add(Integer.MAX_VALUE); // may be there or not, and counts only until the next one
                Inventory would = copy(inventory);
                would.apply(refused);
                states.add(stateOf(would));
                at.set(at.size() - 1, -storage.operations().size());
            }
            journal.commit(change(inventory, i));
            at.add(storage.operations().size());
            states.add(stateOf(inventory));
        }
        return new History(storage.operations(), at, states);
    }

    private static Inventory copy(Inventory inventory) {
        Inventory copy = new Inventory(inventory.id(), inventory.geometry());
        copy.apply(Transition.of(0, List.copyOf(inventory.all())));
        return copy;
    }

    private Transition change(Inventory inventory, int sequence) {
        int[] addresses = {0, 0x101, 0x102, 0x301, 0x302, 0x401, 0x402, 0x403, 0x404, 0x405, 0x406};
        List<Placement> all = List.copyOf(inventory.all());
        while (true) {
            Placement one = all.get(random.nextInt(all.size()));
            Placement other = all.get(random.nextInt(all.size()));
            int to = addresses[random.nextInt(addresses.length)];
            Transition wanted = random.nextInt(4) == 0 && !one.barcode().equals(other.barcode())
                    ? Transition.of(sequence, List.of(moved(one, other.address()), moved(other, one.address())))
                    : Transition.of(sequence, List.of(moved(one, to)));
            try {
                inventory.check(wanted);
                return wanted;
            } catch (IllegalArgumentException full) {
                // another one
            }
        }
    }

    private static Placement moved(Placement placement, int to) {
        return new Placement(placement.barcode(), to, placement.address(), false);
    }

    @Test
    void shouldHaveEachCartridgeInOnePlaceAfterAPowerCutAtAnyInstant() throws IOException {
        History history = live();
        int cuts = 0;
        byte[] durable = new byte[0];
        byte[] pending = new byte[0];
        for (int done = 0; done < history.operations.size(); done++) {
            Operation operation = history.operations.get(done);
            switch (operation.kind()) {
                case APPEND -> pending = join(pending, operation.bytes());
                case SYNC -> {
                    durable = join(durable, pending);
                    pending = new byte[0];
                }
                case REPLACE -> {
                    durable = operation.bytes();
                    pending = new byte[0];
                }
            }
            assertThat(durable).isNotEmpty();
            for (byte[] left : leftovers(durable, pending)) {
                requireLegal(history, done + 1, left);
                cuts++;
            }
        }
        assertThat(history.operations.stream()
                        .filter(o -> o.kind() == Kind.REPLACE)
                        .count())
                .isGreaterThan(2);
        assertThat(cuts).isGreaterThan(10_000);
    }

    private List<byte[]> leftovers(byte[] durable, byte[] pending) {
        List<byte[]> all = new ArrayList<>(List.of(durable));
        for (int kept = 1; kept <= pending.length; kept++) {
            byte[] torn = Arrays.copyOf(pending, kept);
            all.add(join(durable, torn));
            byte[] zeros = Arrays.copyOf(torn, pending.length);
            all.add(join(durable, zeros));
            byte[] noise = zeros.clone();
            for (int i = kept; i < noise.length; i++) {
                noise[i] = (byte) random.nextInt(256);
            }
            all.add(join(durable, noise));
        }
        return all;
    }

    private static void requireLegal(History history, int operations, byte[] left) throws IOException {
        RecordedStorage storage = new RecordedStorage(left);
        Inventory inventory = Journal.open(storage).orElseThrow().inventory();
        Map<String, Placement> state = stateOf(inventory);
        int promised = 0;
        for (int i = 0; i < history.changesAt.size(); i++) {
            if (history.changesAt.get(i) >= 0 && history.changesAt.get(i) <= operations) {
                promised = i;
            }
        }
        List<Map<String, Placement>> legal = new ArrayList<>(List.of(history.states.get(promised)));
        for (int i = promised + 1; i < history.states.size(); i++) {
            legal.add(history.states.get(i));
            if (history.changesAt.get(i) >= 0) {
                break;
            }
        }
        assertThat(legal).as("after %d operations", operations).contains(state);
        // And it goes on from there: what was torn is gone for good.
        Inventory again = Journal.open(storage).orElseThrow().inventory();
        assertThat(stateOf(again)).isEqualTo(state);
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Test
    void shouldRefuseAJournalThatIsDamagedBeforeItsEnd() throws IOException {
        History history = live();
        byte[] whole = new byte[0];
        int last = 0;
        for (Operation operation : history.operations) {
            last = operation.kind() == Kind.SYNC ? last : whole.length;
            whole = operation.kind() == Kind.REPLACE ? operation.bytes() : join(whole, operation.bytes());
        }
        for (int at = 0; at < last; at++) {
            byte[] rotten = whole.clone();
            rotten[at] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> Journal.open(new RecordedStorage(rotten)))
                    .as("byte %d", at)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("damaged at byte");
        }
    }

    @Test
    void shouldKeepTheInventoryWhenSnapshotsReplaceItsChanges() throws IOException {
        RecordedStorage storage = new RecordedStorage();
        Inventory inventory = new Inventory(new UUID(1, 2), GEOMETRY);
        inventory.apply(Transition.of(new Placement("A00001L8", 0x401, 0, false)));
        Journal journal = Journal.create(storage, inventory);
        for (int i = 1; i <= 20_000; i++) {
            journal.commit(change(inventory, i));
        }
        assertThat(storage.read().orElseThrow().length).isLessThan(600 << 10);
        Journal again = Journal.open(storage).orElseThrow();
        assertThat(stateOf(again.inventory())).isEqualTo(stateOf(inventory));
        assertThat(again.inventory().applied().contains(20_000)).isTrue();
        assertThat(again.inventory().applied().contains(20_000 - AppliedSequences.CAPACITY))
                .isFalse();
        again.poweredOn();
        assertThat(Journal.open(storage).orElseThrow().inventory().applied().contains(20_000))
                .isFalse();
    }
}
