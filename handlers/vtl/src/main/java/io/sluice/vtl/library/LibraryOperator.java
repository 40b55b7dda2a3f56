// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.medium.CartridgeLabel;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What an operator does with a library while it is used: each call is on stable storage when it returns, and the changers have told
 * their initiators. Exceptions say what is wrong and what to do. Threads: any.
 */
public final class LibraryOperator {
    private final Library library;

    public LibraryOperator(Library library) {
        this.library = library;
    }

    /**
     * Makes a cartridge and puts it into the first empty storage slot.
     *
     * @return where it is
     * @throws IOException if the barcode is taken, no slot is empty, or the storage fails
     */
    public int create(CartridgeLabel label) throws IOException {
        return changing(LibraryWatcher::inventoryChanged, () -> {
            int slot = empty(ElementType.STORAGE, "add some with `sluice library add-slot`");
            library.store().create(label);
            library.state().commit(Transition.of(new Placement(label.barcode(), slot, 0, false)));
            return slot;
        });
    }

    /** Puts a cartridge from the shelf into the first empty import/export element, and returns that. */
    public int insert(String barcode) throws IOException {
        return changing(LibraryWatcher::stationAccessed, () -> {
            library.checkNotLent(barcode);
            if (!known(barcode).onShelf()) {
                throw new IOException(barcode + " is in the library already, at "
                        + hex(known(barcode).address()));
            }
            int mailSlot = empty(ElementType.IMPORT_EXPORT, "take a cartridge out with `sluice tape eject`");
            library.state().commit(Transition.of(new Placement(barcode, mailSlot, 0, true)));
            return mailSlot;
        });
    }

    /**
     * Takes a cartridge out of its import/export or storage element and puts it on the shelf; returns the element.
     *
     * @throws IOException also if a nexus prevents removal, or it is in a drive
     */
    public int eject(String barcode) throws IOException {
        return changing(LibraryWatcher::stationAccessed, () -> {
            Placement there = known(barcode);
            library.checkNotLent(barcode);
            if (there.onShelf()) {
                throw new IOException(barcode + " is out of the library already");
            }
            if (library.geometry().is(there.address(), ElementType.DATA_TRANSFER)) {
                throw new IOException(barcode + " is in the drive at " + hex(there.address())
                        + ": unload it with `sluice drive unload`");
            }
            if (library.watchers().stream().anyMatch(LibraryWatcher::isRemovalPrevented)) {
                throw new IOException(
                        "an initiator prevents that cartridges are taken out (PREVENT ALLOW MEDIUM REMOVAL):"
                                + " stop its backup program, or reset the logical unit");
            }
            library.state().commit(Transition.of(new Placement(barcode, Placement.SHELF, 0, false)));
            return there.address();
        });
    }

    /** Moves a cartridge into drive {@code drive}, counted from 0, which is empty. */
    public void load(String barcode, int drive) throws IOException {
        int address = drive(drive);
        Placement there = known(barcode);
        if (there.onShelf()) {
            throw new IOException(barcode + " is out of the library: insert it with `sluice tape insert`");
        }
        move(there.address(), address);
    }

    /** Moves the cartridge of a drive to the slot where it came from, or the first empty one; returns that. */
    public int unload(int drive) throws IOException {
        int address = drive(drive);
        Placement there = library.state().at(address);
        if (there == null) {
            throw new IOException("drive " + drive + " is empty");
        }
        boolean homeIsFree = there.source() != 0 && library.state().at(there.source()) == null;
        int slot = homeIsFree ? there.source() : empty(ElementType.STORAGE, "add one with `sluice library add-slot`");
        move(address, slot);
        return slot;
    }

    /** Adds storage slots; returns how many there are now. */
    public int addSlots(int count) throws IOException {
        return grow(geometry -> new Geometry(
                        geometry.layout(), geometry.drives(), geometry.mailSlots(), geometry.slots() + count))
                .slots();
    }

    /** Adds drives, which are without a device until one attaches; returns how many there are now. */
    public int addDrives(int count) throws IOException {
        return grow(geometry -> new Geometry(
                        geometry.layout(), geometry.drives() + count, geometry.mailSlots(), geometry.slots()))
                .drives();
    }

    /** A larger geometry out of one. */
    private interface Growth {
        Geometry of(Geometry geometry);
    }

    private Geometry grow(Growth growth) throws IOException {
        return changing(LibraryWatcher::elementsAdded, () -> {
            try {
                Geometry larger = growth.of(library.geometry());
                library.state().grow(larger);
                return larger;
            } catch (IllegalArgumentException tooMany) {
                throw new IOException(library.place() + ": " + tooMany.getMessage(), tooMany);
            }
        });
    }

    private void move(int from, int to) throws IOException {
        MoveResult result = library.move(from, to, 0);
        if (result != MoveResult.MOVED) {
            throw new IOException("moving from " + hex(from) + " to " + hex(to) + ": " + reason(result));
        }
        tell(LibraryWatcher::inventoryChanged);
    }

    private static String reason(MoveResult result) {
        return switch (result) {
            case MOVED -> "moved";
            case NO_SUCH_ELEMENT -> "no such element";
            case SOURCE_EMPTY -> "nothing is there";
            case DESTINATION_FULL -> "a cartridge is there already: unload it first";
            case STATION_OPEN -> "the import/export elements are open: close them first";
            case ON_LOAN -> "another `sluice tape` command reads or writes it: wait until that has ended";
            case NO_DRIVE -> "the drive is not open: is its device configured?";
            case REMOVAL_PREVENTED -> "an initiator prevents the removal: stop its backup program first";
            case DRIVE_FAILED -> "the drive could not unload or take it; the log says why";
            case NOT_RECORDED -> "the inventory could not be recorded; the log says why";
        };
    }

    private Placement known(String barcode) throws IOException {
        return library.find(barcode)
                .orElseThrow(() -> new IOException(
                        barcode + " is not known in " + library.place() + ": `sluice tape list` shows what is"));
    }

    private int drive(int drive) throws IOException {
        Geometry geometry = library.geometry();
        if (drive < 0 || drive >= geometry.drives()) {
            throw new IOException("drive " + drive + ": use 0 to " + (geometry.drives() - 1));
        }
        return geometry.first(ElementType.DATA_TRANSFER) + drive;
    }

    private int empty(ElementType type, String remedy) throws IOException {
        int address = library.state().firstEmpty(type);
        if (address == 0) {
            throw new IOException(library.place() + ": every such element is full: " + remedy);
        }
        return address;
    }

    /** Something that changes the library and may fail. */
    private interface Change<T> {
        T make() throws IOException;
    }

    private <T> T changing(Consumer<LibraryWatcher> news, Change<T> change) throws IOException {
        T result;
        library.moving().lock();
        try {
            result = change.make();
        } finally {
            library.moving().unlock();
        }
        tell(news);
        return result;
    }

    private void tell(Consumer<LibraryWatcher> news) {
        List.copyOf(library.watchers()).forEach(news);
    }

    private static String hex(int address) {
        return String.format("%03Xh", address);
    }
}
