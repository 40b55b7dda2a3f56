// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.HotPath;
import io.sluice.handler.ItNexus;
import io.sluice.handler.Recovery;
import io.sluice.handler.Resizable;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandTable;
import io.sluice.handler.kit.Inquiry;
import io.sluice.handler.kit.LogPages;
import io.sluice.handler.kit.ModePages;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.PeripheralDeviceType;
import io.sluice.vdisk.store.BlockStore;
import io.sluice.vdisk.store.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A direct access block device (SBC-4). */
final class Vdisk implements Device, Resizable {
    private static final Logger LOG = LoggerFactory.getLogger(Vdisk.class);
    private static final int SBC_3 = 0x04C0;
    private static final int SBC_4 = 0x0600;

    private final DeviceContext context;
    private final DiskConfig config;
    private final BlockStore store;
    private final LogicalUnit unit;
    private final ModePages modePages;
    private final CommandTable commands;
    private final WriteGate gate;
    private final QuickCommands quick;
    private final ResizeRecord resizes;

    private Vdisk(
            DeviceContext context, DiskConfig config, BlockStore store, ResizeRecord resizes, Consumer<String> log)
            throws IOException {
        this.context = context;
        this.config = config;
        this.store = store;
        this.resizes = resizes;
        unit = new LogicalUnit(
                store,
                new Medium(config.removable(), new MediumRecord(context.home())),
                new CacheAndProtection(),
                config.blockSize(),
                config.readOnly(),
                failures(context, config, log));
        modePages = DiskModePages.open(context, config, unit);
        commands = CommandTable.builder()
                .add(inquiry(Identity.of(config.identity(), context.home())))
                .add(modePages)
                .add(new LogPages(context, unit.errors.writeErrors(), unit.errors.readErrors()))
                .add(new DiskCommands(unit, config, context))
                .build();
        gate = new WriteGate(context.name(), commands);
        quick = new QuickCommands(unit, gate);
        unit.errors.register(context.meters());
    }

    static Vdisk open(DeviceContext context, DiskConfig config) throws IOException {
        ResizeRecord resizes = new ResizeRecord(context.home(), config.size());
        return open(context, config, Stores.open(config, resizes.size(Stores.actualSize(config))), resizes, LOG::error);
    }

    /** Takes over {@code store}, and closes it if the disk cannot be opened. */
    static Vdisk open(
            DeviceContext context, DiskConfig config, BlockStore store, ResizeRecord resizes, Consumer<String> log)
            throws IOException {
        try {
            Vdisk disk = new Vdisk(context, config, store, resizes, log);
            if (!store.traits().persistent()) {
                // Initiators that outlived the last process must not go on as if their data were still there.
                context.raiseUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
            }
            return disk;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static FailureLog failures(DeviceContext context, DiskConfig config, Consumer<String> log) {
        String place = config.path().map(Path::toString).orElse("backend " + config.backend());
        return new FailureLog(context.name(), place, log, System::nanoTime);
    }

    private Inquiry inquiry(Identity identity) {
        VpdPages pages = new VpdPages(config, store.traits());
        return Inquiry.of(
                        PeripheralDeviceType.DIRECT_ACCESS,
                        identity.vendor(),
                        identity.product(),
                        identity.revision(),
                        identity.serial())
                .removable(config.removable())
                .volatileCache(store.traits().volatileCache())
                .version(SBC_3)
                .version(SBC_4)
                .page(0xB0, (out, command) -> pages.blockLimits(out))
                .page(0xB1, (out, command) -> pages.blockDeviceCharacteristics(out))
                .page(0xB2, (out, command) -> pages.logicalBlockProvisioning(out))
                .build();
    }

    /**
     * REDELIVER: reading or writing the same blocks again with the same data changes nothing, and COMPARE AND WRITE, executed
     * again, never says GOOD wrongly (docs/decisions/0013). But a store that dies with its process has lost what those commands
     * count on, so they fail.
     */
    @Override
    public DeviceProfile profile() {
        boolean inline = switch (config.execution()) {
            case INLINE -> true;
            case PARALLEL -> false;
            case AUTO -> !store.traits().blocking();
        };
        return DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, inline ? Execution.INLINE : Execution.PARALLEL)
                .spread(true)
                .maxTransferBytes(DiskConfig.MAX_TRANSFER_BYTES)
                .recovery(store.traits().persistent() ? Recovery.REDELIVER : Recovery.FAIL)
                .controlMode(modePages.controlMode())
                .explicitAccess(config.explicitAccess())
                .build();
    }

    @Override
    @HotPath
    public void execute(ScsiCommand command) {
        switch (command.opcode()) {
            case OpCode.WRITE_6,
                    OpCode.WRITE_10,
                    OpCode.WRITE_12,
                    OpCode.WRITE_16,
                    OpCode.WRITE_AND_VERIFY_10,
                    OpCode.WRITE_AND_VERIFY_12,
                    OpCode.WRITE_AND_VERIFY_16,
                    OpCode.WRITE_SAME_10,
                    OpCode.WRITE_SAME_16,
                    OpCode.UNMAP -> gate.write(command);
            case OpCode.COMPARE_AND_WRITE -> gate.alone(command);
            default -> commands.execute(command);
        }
    }

    @Override
    @HotPath
    public boolean tryExecute(ScsiCommand command) {
        return quick.tryExecute(command, commands);
    }

    @Override
    public void poweredOn() {
        unit.medium.poweredOn();
        modePages.reset();
    }

    @Override
    public void takenOver() {
        unit.medium.takenOver();
    }

    /** A failure stays with the store, and the next flush reports it. */
    @Override
    public void writeBack() {
        if (!config.readOnly()) {
            store.flush();
        }
    }

    @Override
    public void nexusAdded(ItNexus nexus) {
        unit.medium.nexusAdded(nexus);
    }

    @Override
    public void nexusRemoved(ItNexus nexus) {
        unit.medium.allow(nexus);
    }

    @Override
    public void logicalUnitReset() {
        unit.medium.allowAll();
        modePages.reset();
    }

    @Override
    public long capacityBytes() {
        return store.size();
    }

    @Override
    public synchronized void resize(long bytes) throws IOException {
        if (config.readOnly()) {
            throw new IOException(context.name() + " is read-only and cannot be resized: set read_only = false");
        }
        if (bytes <= 0 || bytes % config.physicalBlockSize() != 0) {
            throw new IOException(bytes + " bytes are no whole number of physical blocks of "
                    + config.physicalBlockSize() + ": use a multiple");
        }
        if (bytes == store.size()) {
            return;
        }
        resizes.remember(bytes);
        store.resize(bytes);
        context.raiseUnitAttention(AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
    }

    @Override
    public void close() throws IOException {
        gate.close();
        long outcome = config.readOnly() ? Outcome.OK : store.flush();
        store.close();
        if (!Outcome.isOk(outcome)) {
            throw new IOException(context.name() + ": writing cached data to the medium failed ("
                    + Outcome.failure(outcome) + "); what was written since the last SYNCHRONIZE CACHE may be lost");
        }
    }
}
