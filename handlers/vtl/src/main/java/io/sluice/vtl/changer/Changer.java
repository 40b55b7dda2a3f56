// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceMeters;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ItNexus;
import io.sluice.handler.Recovery;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandTable;
import io.sluice.handler.kit.Inquiry;
import io.sluice.handler.kit.LogPages;
import io.sluice.handler.kit.ModePages;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.PeripheralDeviceType;
import io.sluice.vtl.library.Library;
import io.sluice.vtl.library.LibraryWatcher;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A media changer (SMC-3) on an open library. */
public final class Changer implements Device, LibraryWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Changer.class);
    private static final int SMC_3 = 0x0480;
    private static final int COMMANDS_AT_ONCE = 64;

    private final DeviceContext context;
    private final Library library;
    private final Closing closing;
    private final Inquiry inquiry;
    private final RemovalPrevention prevention;
    private final StationRecord station;
    private final VolumeTagCommands volumeTags;
    private volatile ModePages modePages;
    private volatile CommandTable commands;

    /** Gives up the library. */
    @FunctionalInterface
    interface Closing {
        void close() throws IOException;
    }

    /**
     * Opens a changer on an open library.
     *
     * @param closing what the changer's end means to the library
     * @throws IOException if what it keeps in its home cannot be read
     */
    static Changer open(DeviceContext context, Library library, ChangerIdentity identity, Closing closing)
            throws IOException {
        Changer changer = new Changer(context, library, identity, closing);
        library.watch(changer);
        return changer;
    }

    private Changer(DeviceContext context, Library library, ChangerIdentity identity, Closing closing)
            throws IOException {
        this.closing = closing;
        this.context = context;
        this.library = library;
        prevention = new RemovalPrevention(context.home());
        station = new StationRecord(context.home());
        volumeTags = new VolumeTagCommands(library);
        library.openStation(station.isOpen());
        inquiry = Inquiry.of(
                        PeripheralDeviceType.MEDIA_CHANGER,
                        identity.vendor(),
                        identity.product(),
                        identity.revision(),
                        library.serial(0))
                .removable(true)
                .version(SMC_3)
                .build();
        modePages = ChangerModePages.open(context, library.geometry());
        commands = table(modePages);
        register(context.meters());
    }

    private CommandTable table(ModePages pages) {
        return CommandTable.builder()
                .add(inquiry)
                .add(pages)
                .add(new LogPages(context, new TapeAlertPage(library)))
                .add(new ElementCommands(library))
                .add(new MoveCommands(library))
                .add(volumeTags)
                .add(new StationCommands(library, prevention, station))
                .command(OpCode.TEST_UNIT_READY, "00 00 00 00 00 00", ScsiCommand::good)
                .command(OpCode.SEND_DIAGNOSTIC, "1D 04 00 00 00 00", Changer::selfTest)
                .build();
    }

    /** The default self-test: there is no mechanism that could fail it. */
    private static void selfTest(ScsiCommand command) {
        if (command.cdbBit(1, 2)) {
            command.good();
        } else {
            command.invalidField(1, 2);
        }
    }

    private void register(DeviceMeters meters) {
        meters.counter("library.moves", "Cartridges moved", library.counters()::moved);
        meters.counter("library.moves.refused", "Moves that could not be as asked", library.counters()::refused);
        meters.counter("library.moves.failed", "Moves that a drive or the storage failed", library.counters()::failed);
        meters.gauge(
                "library.slots", "Storage elements", () -> library.geometry().slots());
        meters.gauge(
                "library.drives",
                "Data transfer elements",
                () -> library.geometry().drives());
        meters.gauge("library.cartridges.lost", "Cartridges not in the store", library::lostCartridges);
    }

    /** REDELIVER: moves are recorded with their sequence numbers, and everything else may be done twice. */
    @Override
    public DeviceProfile profile() {
        return DeviceProfile.of(PeripheralDeviceType.MEDIA_CHANGER, Execution.SERIAL)
                .recovery(Recovery.REDELIVER)
                .taskSetLimit(COMMANDS_AT_ONCE)
                .controlMode(modePages.controlMode())
                .build();
    }

    @Override
    public void execute(ScsiCommand command) {
        commands.execute(command);
    }

    @Override
    public void nexusAdded(ItNexus nexus) {
        prevention.nexusAdded(nexus);
    }

    @Override
    public void nexusRemoved(ItNexus nexus) {
        prevention.nexusRemoved(nexus);
        volumeTags.nexusRemoved(nexus);
    }

    @Override
    public void poweredOn() {
        prevention.allowAll();
        volumeTags.reset();
        modePages.reset();
        library.poweredOn();
        station.store(false);
    }

    @Override
    public void takenOver() {
        prevention.takenOver();
    }

    @Override
    public void logicalUnitReset() {
        prevention.allowAll();
        volumeTags.reset();
        modePages.reset();
    }

    @Override
    public void close() throws IOException {
        library.unwatch(this);
        closing.close();
    }

    // ---- what happens without a command

    @Override
    public void stationAccessed() {
        context.raiseUnitAttention(AdditionalSense.IMPORT_OR_EXPORT_ELEMENT_ACCESSED);
    }

    @Override
    public void inventoryChanged() {
        context.raiseUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
    }

    /** The Element Address Assignment page is another one now. */
    @Override
    public void elementsAdded() {
        try {
            ModePages larger = ChangerModePages.open(context, library.geometry());
            commands = table(larger);
            modePages = larger;
        } catch (IOException failed) {
            LOG.error("{}: mode page 1Dh still has the old counts: {}", library.place(), failed.toString());
        }
        context.raiseUnitAttention(AdditionalSense.MODE_PARAMETERS_CHANGED);
    }

    @Override
    public boolean isRemovalPrevented() {
        return prevention.isPrevented();
    }
}
