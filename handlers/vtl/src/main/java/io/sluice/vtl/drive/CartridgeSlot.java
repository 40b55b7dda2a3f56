// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.DeviceContext;
import io.sluice.scsi.AdditionalSense;
import io.sluice.vtl.library.Bay.InsertResult;
import io.sluice.vtl.library.Bay.RemoveResult;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cartridges in and out. The order of steps makes a death between any two harmless: a cartridge is recorded as being in before it
 * is mounted and until it is closed, and the state file names the mount that it speaks of.
 */
final class CartridgeSlot {
    private static final Logger LOG = LoggerFactory.getLogger(CartridgeSlot.class);

    private final DeviceContext context;
    private final Path home;
    private final DriveModel model;
    private final CartridgeStore store;
    private final DriveUnit unit;
    private final DriveState state;
    private final StateFile file;
    private final CrashPoint crashPoint;

    CartridgeSlot(
            DeviceContext context,
            DriveModel model,
            CartridgeStore store,
            DriveUnit unit,
            StateFile file,
            CrashPoint crashPoint) {
        this.context = context;
        this.home = context.home();
        this.model = model;
        this.store = store;
        this.unit = unit;
        this.state = unit.state;
        this.file = file;
        this.crashPoint = crashPoint;
    }

    /** A cartridge that is in already is there: its library may not have learnt of it before it died. */
    InsertResult insert(String barcode) {
        try {
            InsertedCartridge there = InsertedCartridge.load(home);
            if (there != null) {
                return there.barcode().equals(barcode) ? result() : InsertResult.OCCUPIED;
            }
            InsertedCartridge coming = new InsertedCartridge(barcode, UUID.randomUUID());
            coming.store(home);
            crashPoint.pass();
            begin(coming);
        } catch (IOException failed) {
            LOG.error("drive {}: {} is not taken in: {}", context.name(), barcode, failed.toString());
            return InsertResult.UNUSABLE;
        }
        context.raiseUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        return result();
    }

    private InsertResult result() {
        return state.load.isMounted() ? InsertResult.INSERTED : InsertResult.UNUSABLE;
    }

    /** A mount begins: at the beginning of the medium, loaded. */
    private void begin(InsertedCartridge cartridge) {
        state.mountHigh = cartridge.mount().getMostSignificantBits();
        state.mountLow = cartridge.mount().getLeastSignificantBits();
        state.position = 0;
        unit.replaces(state.sequence);
        state.load = LoadState.LOADED;
        for (int counter = Counter.MOUNT_WRITTEN; counter <= Counter.MOUNT_READ_FAILED; counter++) {
            state.counters[counter] = 0;
        }
        unit.alerts.clear();
        state.raised = 0;
        mount(cartridge);
        if (state.load == LoadState.LOADED) {
            state.count(Counter.LOADS, 1);
            state.count(Counter.LOADS_SINCE_RESET, 1);
            state.counters[Counter.THREADS] = 1;
        }
        crashPoint.pass();
        file.commit(state);
    }

    /** Mounts what is in, or says in the load state why not. */
    private void mount(InsertedCartridge inserted) {
        try {
            Cartridge cartridge = store.mount(inserted.barcode(), inserted.mount());
            if (model.reads(cartridge.label().type())) {
                unit.mounted(cartridge, model.writes(cartridge.label().type()));
                unit.memory.mounted(cartridge, inserted.mount());
                return;
            }
            cartridge.close();
            unit.alerts.raise(TapeAlerts.UNSUPPORTED_FORMAT);
            state.load = LoadState.INCOMPATIBLE;
        } catch (IOException failed) {
            LOG.error("drive {}: {} cannot be used: {}", context.name(), inserted.barcode(), failed.toString());
            unit.alerts.raise(TapeAlerts.LOAD_FAILURE);
            state.load = LoadState.UNREADABLE;
        }
    }

    /**
     * What the library has recorded counts, not what this drive remembers: a move may have ended between the two (before commands,
     * and before anything is mounted).
     *
     * @param barcode empty for none
     */
    void holds(Optional<String> barcode) throws IOException {
        InsertedCartridge there = InsertedCartridge.load(home);
        String remembered = there == null ? null : there.barcode();
        if (barcode.isEmpty()) {
            InsertedCartridge.forget(home);
            if (state.load != LoadState.EMPTY) {
                empty();
            }
        } else if (!barcode.get().equals(remembered)) {
            // Its mount is not the one that the state speaks of, so it begins anew.
            new InsertedCartridge(barcode.get(), UUID.randomUUID()).store(home);
        }
        if (!barcode.equals(Optional.ofNullable(remembered))) {
            LOG.warn("drive {}: remembered {}; the library has {} in it", context.name(), remembered, barcode);
        }
        if (barcode.isPresent() && state.load == LoadState.EMPTY) {
            state.load = LoadState.LOADED;
        }
    }

    /** A drive with a cartridge in it loads it when it is switched on. */
    void powerOn() throws IOException {
        unmount();
        InsertedCartridge there = InsertedCartridge.load(home);
        if (there == null) {
            empty();
            return;
        }
        InsertedCartridge again = new InsertedCartridge(there.barcode(), UUID.randomUUID());
        again.store(home);
        begin(again);
    }

    /** Goes on with the mount of the process that died. */
    void takeOver() throws IOException {
        if (unit.cartridge() != null) {
            return; // a move of this process came before
        }
        InsertedCartridge there = InsertedCartridge.load(home);
        if (there == null) {
            empty();
            return;
        }
        boolean known = state.mountHigh == there.mount().getMostSignificantBits()
                && state.mountLow == there.mount().getLeastSignificantBits();
        if (!known) {
            // It died while the cartridge came in; whether it said so, nobody knows.
            begin(there);
            context.raiseUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
            return;
        }
        if (state.load == LoadState.INCOMPATIBLE || state.load == LoadState.UNREADABLE) {
            return;
        }
        mount(there);
    }

    RemoveResult remove() {
        if (state.load == LoadState.EMPTY) {
            return RemoveResult.EMPTY;
        }
        Partition medium = unit.loaded();
        if (medium != null && medium.sync() != MediumResult.OK) {
            LOG.error("drive {}: the cartridge stays in: what was written is not all on it", context.name());
            return RemoveResult.FAILED;
        }
        try {
            unmount();
            crashPoint.pass();
            InsertedCartridge.forget(home);
        } catch (IOException failed) {
            LOG.error("drive {}: the cartridge stays in: {}", context.name(), failed.toString());
            state.load = LoadState.UNREADABLE;
            return RemoveResult.FAILED;
        }
        crashPoint.pass();
        empty();
        return RemoveResult.REMOVED;
    }

    private void empty() {
        state.load = LoadState.EMPTY;
        state.position = 0;
        state.mountHigh = 0;
        state.mountLow = 0;
        file.commit(state);
    }

    private void unmount() throws IOException {
        @Nullable Cartridge cartridge = unit.cartridge();
        unit.memory.leave();
        unit.mounted(null, false);
        if (cartridge != null) {
            cartridge.close();
        }
    }

    /** The process ends; the cartridge stays in. */
    void close() throws IOException {
        unmount();
    }
}
