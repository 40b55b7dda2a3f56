// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.HotPath;
import io.sluice.handler.ItNexus;
import io.sluice.handler.Recovery;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandTable;
import io.sluice.handler.kit.Inquiry;
import io.sluice.handler.kit.ModePages;
import io.sluice.scsi.PeripheralDeviceType;
import io.sluice.vtl.library.Bay;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tape drive (SSC-5), and the bay that its library puts cartridges into. Initiators use it by commands, one at a time; the library
 * by {@link Bay}, between commands: so there is a lock, which nobody else wants in the course of events.
 *
 * <p>Which cartridge is in it, and where it stands, survives the death of the process; a power on rewinds.
 */
public final class TapeDrive implements Device, Bay {
    private static final Logger LOG = LoggerFactory.getLogger(TapeDrive.class);
    /** Well below {@link StateFile#ANSWERS}, so that every command that may come again is known. */
    private static final int TASK_SET_LIMIT = 64;

    private final ReentrantLock turn = new ReentrantLock();
    private final DeviceContext context;
    private final DriveSettings settings;
    private final DriveState state;
    private final StateFile file;
    private final ModePages modes;
    private final Prevention prevention;
    private final DriveUnit unit;
    private final CartridgeSlot slot;
    private final CommandTable table;
    private final DriveCommand running;
    private final Replay replay;
    private final QuickCommands quick;
    private final DeviceProfile profile;
    private @Nullable LibraryPlace place;

    private TapeDrive(
            DeviceContext context,
            DriveSettings settings,
            CartridgeStore store,
            @Nullable LibraryPlace place,
            CrashPoint crashPoint,
            LongSupplier nowMillis)
            throws IOException {
        this.context = context;
        this.settings = settings;
        this.state = new DriveState();
        this.prevention = Prevention.open(context.home());
        this.file = StateFile.open(context.home().resolve("drive-state"), crashPoint);
        this.unit = new DriveUnit(state, file, settings.serial());
        this.modes = DriveModePages.open(context, unit);
        file.load(state);
        this.slot = new CartridgeSlot(context, settings.model(), store, unit, file, crashPoint);
        this.table = CommandTable.builder()
                .add(inquiry(settings, place))
                .add(modes)
                .add(DriveLogPages.open(context, unit, settings, prevention))
                .add(new DriveCommands(unit, context, settings.model(), prevention, nowMillis))
                .build();
        this.running = new DriveCommand(state, file, crashPoint);
        this.replay = new Replay(state, file, running, table);
        this.quick = new QuickCommands(unit);
        this.profile = DeviceProfile.of(PeripheralDeviceType.SEQUENTIAL_ACCESS, Execution.SERIAL)
                .taskSetLimit(TASK_SET_LIMIT)
                .recovery(Recovery.REDELIVER)
                .controlMode(modes.controlMode())
                .build();
    }

    /**
     * Opens a drive of a library. What that says is in it is mounted when {@link #takenOver} or {@link #poweredOn} says how to go on.
     *
     * @throws IOException if its home cannot be read or written, or its place is not free; the message names the file and the
     *     remedy
     */
    static TapeDrive open(DeviceContext context, DriveSettings settings, LibraryPlace place) throws IOException {
        TapeDrive drive =
                new TapeDrive(context, settings, place.store(), place, CrashPoint.NONE, System::currentTimeMillis);
        drive.join(place);
        DriveMeters.register(context.meters(), drive.unit);
        return drive;
    }

    /** A drive that belongs to no library, with a place to die and a clock of the test's own. */
    static TapeDrive open(
            DeviceContext context,
            DriveSettings settings,
            CartridgeStore store,
            CrashPoint crashPoint,
            LongSupplier nowMillis)
            throws IOException {
        return new TapeDrive(context, settings, store, null, crashPoint, nowMillis);
    }

    private static Inquiry inquiry(DriveSettings settings, @Nullable LibraryPlace place) {
        DriveVpdPages pages = new DriveVpdPages(settings, place);
        return Inquiry.of(
                        PeripheralDeviceType.SEQUENTIAL_ACCESS,
                        DriveSettings.VENDOR,
                        settings.model().product(),
                        settings.revision(),
                        settings.serial())
                .version(0x0520) // SSC-4, the newest with a number of its own
                .removable(true)
                .volatileCache(true)
                .page(0xB0, pages::sequentialAccessCapabilities)
                .page(0xB1, pages::manufacturersSerialNumber)
                .page(0xB2, pages::tapeAlertSupportedFlags)
                .page(0xB3, pages::automationDeviceSerialNumber)
                .page(0xB4, pages::dataTransferDeviceElementAddress)
                .page(0xC0, pages::firmware)
                .build();
    }

    // ---- commands

    @Override
    public DeviceProfile profile() {
        return profile;
    }

    @Override
    @HotPath
    public void execute(ScsiCommand command) {
        turn.lock();
        try {
            if (command.redelivered() && command.sequence() <= state.sequence) {
                replay.answer(command);
            } else {
                running.begin(command);
                table.execute(running);
            }
        } finally {
            turn.unlock();
        }
    }

    /** Not while the library has its hands in it, which may take long. */
    @Override
    @HotPath
    public boolean tryExecute(ScsiCommand command) {
        if (!turn.tryLock()) {
            return false;
        }
        try {
            if (command.redelivered() || !quick.isQuick(command)) {
                return false;
            }
            running.begin(command);
            table.execute(running);
            return true;
        } finally {
            turn.unlock();
        }
    }

    // ---- life

    @Override
    public void nexusAdded(ItNexus nexus) {
        turn.lock();
        try {
            prevention.added(nexus);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void nexusRemoved(ItNexus nexus) {
        locked("forgetting what a nexus prevented", () -> prevention.removed(nexus));
    }

    @Override
    public void poweredOn() {
        locked("power on", () -> {
            modes.reset();
            state.resetModes();
            prevention.clear();
            file.forgetAnswers();
            unit.memory.leave();
            long loads = state.counters[Counter.LOADS];
            long cycles = state.counters[Counter.POWER_CYCLES];
            Arrays.fill(state.counters, 0);
            state.counters[Counter.LOADS] = loads;
            state.counters[Counter.POWER_CYCLES] = cycles + 1;
            state.sequence = 0;
            unit.replaces(0);
            state.clockOffsetMillis = 0;
            state.clockOrigin = 0;
            unit.alerts.clear();
            slot.powerOn();
            file.commit(state);
        });
    }

    @Override
    public void takenOver() {
        locked("taking over", () -> {
            prevention.keepPresent();
            slot.takeOver();
        });
    }

    @Override
    public void logicalUnitReset() {
        locked("reset", () -> {
            modes.reset();
            state.resetModes();
            prevention.clear();
            file.commit(state);
        });
    }

    @Override
    public void writeBack() {
        turn.lock();
        try {
            Partition medium = unit.loaded();
            if (medium != null && medium.sync() != MediumResult.OK) {
                LOG.error("drive {}: what was written is not all on the medium", context.name());
            }
        } finally {
            turn.unlock();
        }
    }

    /** The cartridge stays in. */
    @Override
    public void close() throws IOException {
        LibraryPlace left = place;
        if (left == null) {
            closeSlot();
            return;
        }
        left.stop(this); // takes the library's lock, whose owner may wait for this drive
        try {
            closeSlot();
        } finally {
            left.leave();
        }
    }

    private void closeSlot() throws IOException {
        turn.lock();
        try {
            slot.close();
        } finally {
            turn.unlock();
        }
    }

    // ---- the bay

    @Override
    public String serial() {
        return settings.serial();
    }

    @Override
    public String identification() {
        return settings.identification();
    }

    /** A move that begins as soon as the library has this bay waits until the library's word of what is in it has been taken. */
    private void join(LibraryPlace wanted) throws IOException {
        turn.lock();
        try {
            Optional<String> holds = wanted.take(this);
            place = wanted;
            slot.holds(holds);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public InsertResult insert(String barcode) {
        turn.lock();
        try {
            return slot.insert(barcode);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public RemoveResult remove() {
        turn.lock();
        try {
            if (state.load != LoadState.EMPTY && prevention.isPrevented()) {
                return RemoveResult.PREVENTED;
            }
            return slot.remove();
        } finally {
            turn.unlock();
        }
    }

    /** Something that touches files. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private void locked(String what, Step step) {
        turn.lock();
        try {
            step.run();
        } catch (IOException failed) {
            LOG.error("drive {}: {}: {}", context.name(), what, failed.toString());
        } finally {
            turn.unlock();
        }
    }
}
