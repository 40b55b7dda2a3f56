// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.example;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.BlockDescriptor;
import io.sluice.handler.kit.CommandTable;
import io.sluice.handler.kit.ControlPage;
import io.sluice.handler.kit.Inquiry;
import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogPages;
import io.sluice.handler.kit.LogParameters;
import io.sluice.handler.kit.ModePage;
import io.sluice.handler.kit.ModePages;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.PeripheralDeviceType;
import io.sluice.scsi.SenseKey;
import io.sluice.scsi.ServiceAction;
import java.io.IOException;
import java.time.Duration;

/** A disk of zeros that uses every part of the device-server kit. */
public final class KitDisk implements Device, BlockDescriptor {
    private static final String CACHING = "08 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

    private final long blocks;
    private final ModePages modes;
    private final CommandTable commands;
    private long reads;

    public KitDisk(DeviceContext context, long blocks) throws IOException {
        this.blocks = blocks;
        modes = ModePages.of(context)
                .page(ModePage.of("01 0A C0 00 00 00 00 00 00 00 00 00").build())
                .page(ModePage.of(CACHING).changeable(CACHING).saved().build())
                .page(ControlPage.builder().build())
                .page(ModePage.of("4A 01 00 1C" + " 00".repeat(28)).build())
                .blockDescriptor(this)
                .deviceSpecific(() -> 0x10)
                .build();
        LogPages logs = new LogPages(context, new ReadCount());
        commands = CommandTable.builder()
                .add(Inquiry.of(PeripheralDeviceType.DIRECT_ACCESS, "EXAMPLE", "KIT DISK", "1", "0001")
                        .version(0x04C0)
                        .page(0xB0, (out, command) -> out.zeros(60))
                        .page(0xB1, (out, command) -> out.u16(1).zeros(58))
                        .build())
                .add(modes)
                .add(logs)
                .command(OpCode.TEST_UNIT_READY, "00 00 00 00 00 00", ScsiCommand::good)
                .command(OpCode.READ_CAPACITY_10, "25 00 00 00 00 00 00 00 00 00", this::readCapacity10)
                .command(OpCode.READ_10, "28 18 FF FF FF FF 00 FF FF 00", this::read10)
                .timeouts(Duration.ofSeconds(1), Duration.ofSeconds(30))
                .command(OpCode.READ_16, "88 18 FF FF FF FF FF FF FF FF FF FF FF FF 00 00", this::read16)
                .command(
                        OpCode.SERVICE_ACTION_IN_16,
                        ServiceAction.READ_CAPACITY_16,
                        "9E 10 00 00 00 00 00 00 00 00 FF FF FF FF 00 00",
                        this::readCapacity16)
                .build();
    }

    private final class ReadCount implements LogPage {
        @Override
        public int code() {
            return 0x03;
        }

        @Override
        public void write(LogParameters out) {
            out.counter(0x0002, 4, 7).counter(0x0005, 8, reads);
        }

        @Override
        public void reset() {
            reads = 0;
        }
    }

    private void readCapacity10(ScsiCommand command) {
        command.good(command.dataIn(8).u32(blocks - 1).u32(512));
    }

    private void readCapacity16(ScsiCommand command) {
        command.good(command.dataIn(command.cdb32(10)).u64(blocks - 1).u32(512).zeros(20));
    }

    private void read10(ScsiCommand command) {
        read(command, command.cdb32(2), command.cdb16(7));
    }

    private void read16(ScsiCommand command) {
        read(command, command.cdb64(2), command.cdb32(10));
    }

    private void read(ScsiCommand command, long from, long count) {
        if (Long.compareUnsigned(from, blocks) > 0 || count > blocks - from) {
            command.sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE)
                    .information(from);
            command.check();
            return;
        }
        reads++;
        command.fill(0, Math.min(count * 512, command.bufferLength()), 0);
        command.good(count * 512);
    }

    @Override
    public void write(ParameterWriter out, boolean longLba) {
        if (longLba) {
            out.u64(blocks).u32(0).u32(512);
        } else {
            out.u32(blocks).u32(512);
        }
    }

    @Override
    public int check(ScsiCommand command, int at, int length) {
        return length == 8 && command.u24(at + 5) != 512 ? 5 : ACCEPTED;
    }

    @Override
    public DeviceProfile profile() {
        return DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.SERIAL)
                .controlMode(modes.controlMode())
                .build();
    }

    @Override
    public void execute(ScsiCommand command) {
        commands.execute(command);
    }

    @Override
    public void logicalUnitReset() {
        modes.reset();
    }

    @Override
    public void poweredOn() {
        modes.reset();
    }
}
