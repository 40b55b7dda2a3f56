// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.library.Robot.Leg;
import io.sluice.vtl.medium.CartridgeStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open library: its elements, what is in them, and the bays of its drives. Opened and closed through {@link Libraries}.
 *
 * <p>Threads: any. One move, attachment or stocktaking at a time; looks do not wait for it. A drive must not call {@link #detach}
 * while it holds a lock that its {@link Bay} needs; it may {@link #attach} with it, since nobody knows the bay before.
 */
public final class Library {
    private static final Logger LOG = LoggerFactory.getLogger(Library.class);

    private final String place;
    private final LibraryState state;
    private final CartridgeStore store;
    private final Bays bays = new Bays();
    private final Loans loans = new Loans();
    private final Robot robot;
    private final Stocktaking stocktaking;
    private final List<LibraryWatcher> watchers = new CopyOnWriteArrayList<>();
    private final MoveCounters counters = new MoveCounters();
    private final ReentrantLock moving = new ReentrantLock(true);
    private volatile boolean stationOpen;

    Library(String place, Journal journal, CartridgeStore store) {
        this.place = place;
        this.state = new LibraryState(journal);
        this.store = store;
        this.robot = new Robot(state, bays, loans);
        this.stocktaking = new Stocktaking(state, place);
    }

    // ---- looks

    /** How many elements there are, and their addresses, now. */
    public Geometry geometry() {
        return state.geometry();
    }

    /** Where its drives mount cartridges from. */
    public CartridgeStore store() {
        return store;
    }

    /** Its directory, for messages. */
    public String place() {
        return place;
    }

    public MoveCounters counters() {
        return counters;
    }

    /**
     * A serial number that is the library's for good, 10 characters.
     *
     * @param unit 0 for the changer, 1 and up for drive 0 and up
     */
    public String serial(int unit) {
        return String.format("%07X%03X", state.id().getMostSignificantBits() >>> 36, unit);
    }

    /**
     * Elements in ascending order of their addresses.
     *
     * @param type null for all types
     * @param from the lowest address
     * @param limit how many at most
     */
    public List<Element> elements(@Nullable ElementType type, int from, int limit) {
        return state.elements(type, from, limit, stationOpen, bays, loans);
    }

    /** The element with this address; empty if there is none. */
    public Optional<Element> element(int address) {
        ElementType type = geometry().type(address);
        return type == null
                ? Optional.empty()
                : elements(type, address, 1).stream().findFirst();
    }

    /** Where a cartridge is; empty if it is not known here. */
    public Optional<Placement> find(String barcode) {
        return Optional.ofNullable(state.find(barcode));
    }

    /** Cartridges of the inventory that the store does not know. */
    public int lostCartridges() {
        return state.lostCount();
    }

    /** Was the changer's command with this sequence number applied, by this process or the one before it? */
    public boolean applied(long sequence) {
        return state.applied(sequence);
    }

    // ---- drives and changers

    /**
     * A drive is there. What it is told is in it, whatever it remembers: the inventory decides.
     *
     * @param drive its number, from 0
     * @return the barcode of the cartridge that is in it
     * @throws IOException if the library has no such drive, or it is attached already
     */
    public Optional<String> attach(int drive, Bay bay) throws IOException {
        moving.lock();
        try {
            Geometry geometry = state.geometry();
            if (drive < 0 || drive >= geometry.drives()) {
                throw new IOException(place + ": the library has " + geometry.drives() + " drives, no drive " + drive
                        + ": add it with `sluice library add-drive`");
            }
            if (!bays.attach(drive, bay)) {
                throw new IOException(
                        place + ": drive " + drive + " is open already: give each drive a number of its own");
            }
            Placement there = state.at(geometry.first(ElementType.DATA_TRANSFER) + drive);
            return there == null ? Optional.empty() : Optional.of(there.barcode());
        } finally {
            moving.unlock();
        }
    }

    /** The drive goes; waits for the move that is under way. Its cartridge stays in it. */
    public void detach(int drive, Bay bay) {
        moving.lock();
        try {
            bays.detach(drive, bay);
        } finally {
            moving.unlock();
        }
    }

    /** A changer wants to hear what happens. */
    public void watch(LibraryWatcher watcher) {
        watchers.add(watcher);
    }

    public void unwatch(LibraryWatcher watcher) {
        watchers.remove(watcher);
    }

    // ---- loans

    /**
     * Lends a cartridge to an operator's command. Until it is given back nothing moves it, and the changer says that its element is not
     * accessible.
     *
     * @throws IOException if the library does not know it, it is in a drive, or on loan already
     */
    public Loan lend(String barcode) throws IOException {
        moving.lock();
        try {
            Placement there = find(barcode)
                    .orElseThrow(() -> new IOException(
                            barcode + " is not known in " + place + ": `sluice tape list` shows what is"));
            if (geometry().is(there.address(), ElementType.DATA_TRANSFER)) {
                throw new IOException(barcode + " is in drive " + (geometry().drive(there.address()) + 1)
                        + ": unload it with `sluice drive unload` first");
            }
            if (!loans.begin(barcode)) {
                throw lent(barcode);
            }
            return () -> loans.end(barcode);
        } finally {
            moving.unlock();
        }
    }

    /** Throws if that cartridge is on loan. */
    void checkNotLent(String barcode) throws IOException {
        if (loans.has(barcode)) {
            throw lent(barcode);
        }
    }

    private static IOException lent(String barcode) {
        return new IOException(
                barcode + " is being read or written by another `sluice tape` command: wait until that has ended");
    }

    // ---- moves

    /**
     * Moves a cartridge (SMC-3 6.6); on stable storage when this returns.
     *
     * @param sequence of the command that asks for it, for {@link #applied}; 0 without
     */
    public MoveResult move(int source, int destination, long sequence) {
        return move(List.of(new Leg(source, destination)), sequence);
    }

    /**
     * Moves the cartridge of {@code first} to {@code second} and that of {@code source} to {@code first} (SMC-3 6.2), both or none;
     * {@code second} may be {@code source}.
     */
    public MoveResult exchange(int source, int first, int second, long sequence) {
        return move(List.of(new Leg(source, first), new Leg(first, second)), sequence);
    }

    private MoveResult move(List<Leg> legs, long sequence) {
        moving.lock();
        try {
            MoveResult result = robot.move(legs, stationOpen, sequence);
            counters.count(result, legs.size());
            return result;
        } finally {
            moving.unlock();
        }
    }

    /** Opens the import/export elements for the operator, or closes them. The changer has judged whether that is allowed. */
    public void openStation(boolean open) {
        moving.lock();
        try {
            stationOpen = open;
        } finally {
            moving.unlock();
        }
    }

    public boolean isStationOpen() {
        return stationOpen;
    }

    /**
     * Compares the inventory with the store: INITIALIZE ELEMENT STATUS.
     *
     * @return true if it was not what it should be
     * @throws IOException if the store cannot be read, or the inventory not be recorded
     */
    public boolean takeStock() throws IOException {
        moving.lock();
        try {
            return stocktaking.take(store.labels());
        } finally {
            moving.unlock();
        }
    }

    /** The gateway counts the changer's commands anew, and the station is closed. */
    public void poweredOn() {
        stationOpen = false;
        try {
            state.poweredOn();
        } catch (IOException failed) {
            LOG.error("{}: that the changer was powered on is not recorded: {}", place, failed.toString());
        }
    }

    LibraryState state() {
        return state;
    }

    ReentrantLock moving() {
        return moving;
    }

    List<LibraryWatcher> watchers() {
        return watchers;
    }

    /** For {@link Libraries}. */
    void close() throws IOException {
        try (store) {
            state.close();
        }
    }
}
