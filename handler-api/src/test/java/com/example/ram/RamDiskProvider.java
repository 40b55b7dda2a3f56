// SPDX-License-Identifier: Apache-2.0
package com.example.ram;

import io.sluice.handler.*;
import io.sluice.handler.kit.*;
import io.sluice.scsi.*;
import java.lang.foreign.*;

/** A RAM disk: {@code [[device]] type = "example-ram", size = "64MiB"}. */
public final class RamDiskProvider implements DeviceProvider {
    @Override
    public String type() {
        return "example-ram";
    }

    @Override
    public void check(DeviceConfig config) throws DeviceConfigException {
        config.bytes("size");
    }

    @Override
    public Device open(DeviceContext context, DeviceConfig config) throws DeviceConfigException {
        MemorySegment medium = Arena.ofAuto().allocate(config.bytes("size") / 512 * 512);
        long blocks = medium.byteSize() / 512;
        CommandTable table = CommandTable.builder()
                .add(Inquiry.of(PeripheralDeviceType.DIRECT_ACCESS, "EXAMPLE", "RAM DISK", "1", context.name())
                        .build())
                .command(OpCode.TEST_UNIT_READY, "00 00 00 00 00 00", ScsiCommand::good)
                .command(
                        OpCode.READ_CAPACITY_10,
                        "25 00 00 00 00 00 00 00 00 00",
                        c -> c.good(c.dataIn(8).u32(blocks - 1).u32(512)))
                .command(OpCode.READ_10, "28 18 FF FF FF FF 00 FF FF 00", c -> transfer(c, medium))
                .command(OpCode.WRITE_10, "2A 18 FF FF FF FF 00 FF FF 00", c -> transfer(c, medium))
                .build();
        DeviceProfile profile = DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.INLINE)
                .build();
        return Device.of(profile, table::execute);
    }

    private static void transfer(ScsiCommand command, MemorySegment medium) {
        long from = command.cdb32(2) * 512;
        long bytes = command.cdb16(7) * 512L;
        if (from + bytes > medium.byteSize()) {
            command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
        } else if (command.opcode() == OpCode.WRITE_10) {
            command.read(0, medium, from, Math.min(bytes, command.dataOutLength()));
            command.taken(bytes);
        } else {
            command.write(0, medium, from, Math.min(bytes, command.bufferLength()));
            command.good(bytes);
        }
    }
}
