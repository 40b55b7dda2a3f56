// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.library.Bay.InsertResult;
import io.sluice.vtl.library.Bay.RemoveResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves cartridges between elements: takes all of a move out of the drives they are in, puts them into the drives they go to, and
 * records it. If any of that fails, what was done with drives is undone. The record decides: after a crash each cartridge is where the
 * inventory says, and a drive that attaches is told so.
 *
 * <p>Threads: one at a time, under the library's lock for moves; the inventory's lock is taken for looks and for the record only.
 */
final class Robot {
    private static final Logger LOG = LoggerFactory.getLogger(Robot.class);

    /** One cartridge's way. */
    record Leg(int from, int to) {}

    private final LibraryState state;
    private final Bays bays;
    private final Loans loans;

    Robot(LibraryState state, Bays bays, Loans loans) {
        this.state = state;
        this.bays = bays;
        this.loans = loans;
    }

    /** All legs at once: a leg may go to where another begins. */
    MoveResult move(List<Leg> legs, boolean stationOpen, long sequence) {
        Geometry geometry = state.geometry();
        MoveResult possible = judge(legs, geometry, stationOpen);
        if (possible != MoveResult.MOVED) {
            return possible;
        }
        List<Placement> before = new ArrayList<>();
        List<Placement> after = new ArrayList<>();
        for (Leg leg : legs) {
            Placement there = state.at(leg.from);
            if (there == null) {
                return MoveResult.SOURCE_EMPTY;
            }
            if (loans.has(there.barcode())) {
                return MoveResult.ON_LOAN;
            }
            before.add(there);
            int source = geometry.is(leg.from, ElementType.STORAGE) ? leg.from : there.source();
            after.add(new Placement(there.barcode(), leg.to, source, false));
        }
        return carry(geometry, before, after, sequence);
    }

    private MoveResult judge(List<Leg> legs, Geometry geometry, boolean stationOpen) {
        for (Leg leg : legs) {
            if (!holds(geometry, leg.from) || !holds(geometry, leg.to)) {
                return MoveResult.NO_SUCH_ELEMENT;
            }
        }
        for (Leg leg : legs) {
            if (state.at(leg.from) == null) {
                return MoveResult.SOURCE_EMPTY;
            }
            boolean leaves = leg.from != leg.to && legs.stream().anyMatch(other -> other.from == leg.to);
            if (state.at(leg.to) != null && !leaves) {
                return MoveResult.DESTINATION_FULL;
            }
        }
        for (Leg leg : legs) {
            if (stationOpen
                    && (geometry.is(leg.from, ElementType.IMPORT_EXPORT)
                            || geometry.is(leg.to, ElementType.IMPORT_EXPORT))) {
                return MoveResult.STATION_OPEN;
            }
            if (lacksDrive(geometry, leg.from) || lacksDrive(geometry, leg.to)) {
                return MoveResult.NO_DRIVE;
            }
        }
        return MoveResult.MOVED;
    }

    private static boolean holds(Geometry geometry, int address) {
        ElementType type = geometry.type(address);
        return type != null && type != ElementType.MEDIUM_TRANSPORT;
    }

    private boolean lacksDrive(Geometry geometry, int address) {
        return geometry.is(address, ElementType.DATA_TRANSFER) && bays.at(geometry.drive(address)) == null;
    }

    private MoveResult carry(Geometry geometry, List<Placement> before, List<Placement> after, long sequence) {
        List<Placement> removed = new ArrayList<>();
        List<Placement> inserted = new ArrayList<>();
        MoveResult result = removeAll(geometry, before, removed);
        if (result == MoveResult.MOVED && !insertAll(geometry, after, inserted)) {
            result = MoveResult.DRIVE_FAILED;
        }
        if (result == MoveResult.MOVED && !record(Transition.of(sequence, after))) {
            result = MoveResult.NOT_RECORDED;
        }
        if (result != MoveResult.MOVED) {
            undo(geometry, removed, inserted);
        }
        return result;
    }

    private MoveResult removeAll(Geometry geometry, List<Placement> before, List<Placement> removed) {
        for (Placement placement : before) {
            if (!geometry.is(placement.address(), ElementType.DATA_TRANSFER)) {
                continue;
            }
            RemoveResult result = bays.remove(geometry.drive(placement.address()));
            if (result == RemoveResult.PREVENTED) {
                return MoveResult.REMOVAL_PREVENTED;
            } else if (result == RemoveResult.FAILED) {
                return MoveResult.DRIVE_FAILED;
            } else if (result == RemoveResult.EMPTY) {
                LOG.warn(
                        "the drive at {} had no cartridge; the inventory had {} there", placement.address(), placement);
            } else {
                removed.add(placement);
            }
        }
        return MoveResult.MOVED;
    }

    private boolean insertAll(Geometry geometry, List<Placement> after, List<Placement> inserted) {
        for (Placement placement : after) {
            if (!geometry.is(placement.address(), ElementType.DATA_TRANSFER)) {
                continue;
            }
            // One that the drive cannot use is in it all the same: the drive's own commands say what is wrong.
            if (bays.insert(geometry.drive(placement.address()), placement.barcode()) == InsertResult.OCCUPIED) {
                LOG.error("the drive at {} did not take {}", placement.address(), placement.barcode());
                return false;
            }
            inserted.add(placement);
        }
        return true;
    }

    private void undo(Geometry geometry, List<Placement> removed, List<Placement> inserted) {
        for (Placement placement : inserted) {
            RemoveResult result = bays.remove(geometry.drive(placement.address()));
            if (result != RemoveResult.REMOVED) {
                LOG.error("{} stays in the drive at {}: {}", placement.barcode(), placement.address(), result);
            }
        }
        for (Placement placement : removed) {
            InsertResult result = bays.insert(geometry.drive(placement.address()), placement.barcode());
            if (result == InsertResult.OCCUPIED) {
                LOG.error("{} does not go back into the drive at {}", placement.barcode(), placement.address());
            }
        }
    }

    private boolean record(Transition transition) {
        try {
            state.commit(transition);
            return true;
        } catch (IOException failed) {
            LOG.error("the move of {} is not recorded and is undone: {}", transition.placements(), failed.toString());
            return false;
        }
    }
}
