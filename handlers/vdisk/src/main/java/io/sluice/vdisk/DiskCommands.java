// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.kit.CommandSet;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ServiceAction;

/**
 * The block commands of the disk as rows of its table. GROUP NUMBER is admitted and has no effect, as SBC-4 4.23 lets a device
 * without group statistics do, and so is the obsolete SYNC_NV, which clients still set; RDPROTECT, WRPROTECT and VRPROTECT are not, since there is no protection information.
 */
final class DiskCommands implements CommandSet {
    private final DiskConfig config;
    private final TransferCommands transfer;
    private final CompareAndWriteCommand compareAndWrite;
    private final VerifyCommands verify;
    private final CacheCommands cache;
    private final WriteSameCommand writeSame;
    private final UnmapCommand unmap;
    private final LbaStatusCommand lbaStatus;
    private final CapacityCommands capacity;
    private final MediumCommands medium;

    DiskCommands(LogicalUnit unit, DiskConfig config, DeviceContext context) {
        this.config = config;
        this.transfer = new TransferCommands(unit);
        this.compareAndWrite = new CompareAndWriteCommand(unit);
        this.verify = new VerifyCommands(unit);
        this.cache = new CacheCommands(unit);
        this.writeSame = new WriteSameCommand(unit, config.thin());
        this.unmap = new UnmapCommand(unit);
        this.lbaStatus = new LbaStatusCommand(unit);
        int physicalExponent = Integer.numberOfTrailingZeros(config.physicalBlockSize() / config.blockSize());
        this.capacity = new CapacityCommands(unit, physicalExponent, config.thin());
        this.medium = new MediumCommands(unit, context);
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        addTransfers(table);
        addVerification(table);
        addCache(table);
        addProvisioning(table);
        addMedium(table);
    }

    private void addTransfers(CommandTable.Builder table) {
        table.command(OpCode.READ_6, "08 1F FF FF FF 00", transfer::read)
                .command(OpCode.READ_10, "28 1C FF FF FF FF 3F FF FF 00", transfer::read)
                .command(OpCode.READ_12, "A8 1C FF FF FF FF FF FF FF FF 3F 00", transfer::read)
                .command(OpCode.READ_16, "88 1C FF FF FF FF FF FF FF FF FF FF FF FF 3F 00", transfer::read)
                .command(OpCode.WRITE_6, "0A 1F FF FF FF 00", transfer::write)
                .command(OpCode.WRITE_10, "2A 18 FF FF FF FF 3F FF FF 00", transfer::write)
                .command(OpCode.WRITE_12, "AA 18 FF FF FF FF FF FF FF FF 3F 00", transfer::write)
                .command(OpCode.WRITE_16, "8A 18 FF FF FF FF FF FF FF FF FF FF FF FF 3F 00", transfer::write)
                .command(
                        OpCode.COMPARE_AND_WRITE,
                        "89 18 FF FF FF FF FF FF FF FF 00 00 00 FF 3F 00",
                        compareAndWrite::compareAndWrite);
    }

    private void addVerification(CommandTable.Builder table) {
        table.command(OpCode.VERIFY_10, "2F 16 FF FF FF FF 3F FF FF 00", verify::verify)
                .command(OpCode.VERIFY_12, "AF 16 FF FF FF FF FF FF FF FF 3F 00", verify::verify)
                .command(OpCode.VERIFY_16, "8F 16 FF FF FF FF FF FF FF FF FF FF FF FF 3F 00", verify::verify)
                .command(OpCode.WRITE_AND_VERIFY_10, "2E 16 FF FF FF FF 3F FF FF 00", verify::writeAndVerify)
                .command(OpCode.WRITE_AND_VERIFY_12, "AE 16 FF FF FF FF FF FF FF FF 3F 00", verify::writeAndVerify)
                .command(
                        OpCode.WRITE_AND_VERIFY_16,
                        "8E 16 FF FF FF FF FF FF FF FF FF FF FF FF 3F 00",
                        verify::writeAndVerify);
    }

    private void addCache(CommandTable.Builder table) {
        table.command(OpCode.SYNCHRONIZE_CACHE_10, "35 06 FF FF FF FF 3F FF FF 00", cache::synchronizeCache)
                .command(
                        OpCode.SYNCHRONIZE_CACHE_16,
                        "91 06 FF FF FF FF FF FF FF FF FF FF FF FF 3F 00",
                        cache::synchronizeCache)
                .command(OpCode.PRE_FETCH_10, "34 02 FF FF FF FF 3F FF FF 00", cache::preFetch)
                .command(OpCode.PRE_FETCH_16, "90 02 FF FF FF FF FF FF FF FF FF FF FF FF 3F 00", cache::preFetch);
    }

    private void addProvisioning(CommandTable.Builder table) {
        table.command(OpCode.WRITE_SAME_10, "41 18 FF FF FF FF 3F FF FF 00", writeSame::writeSame)
                .command(OpCode.WRITE_SAME_16, "93 19 FF FF FF FF FF FF FF FF FF FF FF FF 3F 00", writeSame::writeSame)
                .command(
                        OpCode.SERVICE_ACTION_IN_16,
                        ServiceAction.GET_LBA_STATUS,
                        "9E 12 FF FF FF FF FF FF FF FF FF FF FF FF 00 00",
                        lbaStatus::getLbaStatus);
        if (config.thin()) {
            table.command(OpCode.UNMAP, "42 01 00 00 00 00 3F FF FF 00", unmap::unmap);
        }
    }

    private void addMedium(CommandTable.Builder table) {
        table.command(OpCode.TEST_UNIT_READY, "00 00 00 00 00 00", medium::testUnitReady)
                .command(OpCode.READ_CAPACITY_10, "25 00 FF FF FF FF 00 00 01 00", capacity::readCapacity10)
                .command(
                        OpCode.SERVICE_ACTION_IN_16,
                        ServiceAction.READ_CAPACITY_16,
                        "9E 10 FF FF FF FF FF FF FF FF FF FF FF FF 01 00",
                        capacity::readCapacity16)
                .command(OpCode.START_STOP_UNIT, "1B 01 00 0F F7 00", medium::startStopUnit)
                .command(OpCode.PREVENT_ALLOW_MEDIUM_REMOVAL, "1E 00 00 00 03 00", medium::preventAllow);
    }
}
