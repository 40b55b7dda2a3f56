// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ParameterWriter;

/** READ CAPACITY(10) and (16) (SBC-4 5.20 f.). */
final class CapacityCommands {
    private static final int SHORT_LENGTH = 8;
    private static final int LONG_LENGTH = 32;
    private static final int LBPME = 0x80;
    private static final int LBPRZ = 0x40;

    private final LogicalUnit unit;
    private final int physicalExponent;
    private final boolean thin;

    /** @param physicalExponent LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT */
    CapacityCommands(LogicalUnit unit, int physicalExponent, boolean thin) {
        this.unit = unit;
        this.physicalExponent = physicalExponent;
        this.thin = thin;
    }

    void readCapacity10(ScsiCommand command) {
        long lba = command.cdb32(2);
        if (!isPartialMediumValid(command, lba, command.cdbBit(8, 0))) {
            return;
        }
        ParameterWriter data = command.dataIn(SHORT_LENGTH);
        data.u32(Math.min(unit.capacity() - 1, 0xFFFF_FFFFL));
        data.u32(unit.blockSize);
        command.good(data);
    }

    void readCapacity16(ScsiCommand command) {
        long lba = command.cdb64(2);
        if (!isPartialMediumValid(command, lba, command.cdbBit(14, 0))) {
            return;
        }
        ParameterWriter data = command.dataIn(command.cdb32(10));
        data.u64(unit.capacity() - 1);
        data.u32(unit.blockSize);
        data.u8(0); // no protection information
        data.u8(physicalExponent);
        data.u8(thin ? LBPME | LBPRZ : 0);
        data.zeros(LONG_LENGTH - 15);
        command.good(data);
    }

    /**
     * SBC-2 5.10: without PMI the address is zero; with it the last block before a substantial delay is asked for, which is
     * the last block of all, since the whole disk is equally near. All 64 bits of the address count.
     */
    private boolean isPartialMediumValid(ScsiCommand command, long lba, boolean pmi) {
        if (!unit.isReady(command)) {
            return false;
        }
        if (pmi) {
            return unit.isInRange(command, lba, 0);
        }
        if (lba != 0) {
            command.invalidField(2);
            return false;
        }
        return true;
    }
}
