// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;

/** REPORT DENSITY SUPPORT (SSC-5 6.15) and READ BLOCK LIMITS (6.9). */
final class DensityCommand {
    private static final int MLOI_BYTES = 12;

    private final DriveUnit unit;
    private final DriveModel model;

    DensityCommand(DriveUnit unit, DriveModel model) {
        this.unit = unit;
        this.model = model;
    }

    void reportDensitySupport(ScsiCommand command) {
        boolean mediumTypes = command.cdbBit(1, 1);
        boolean ofMedium = command.cdbBit(1, 0);
        Cartridge cartridge = unit.loaded() == null ? null : unit.cartridge();
        if (ofMedium && cartridge == null) {
            command.check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
            return;
        }
        CartridgeLabel label = ofMedium && cartridge != null ? cartridge.label() : null;
        long limited = cartridge == null ? 0 : cartridge.partition(0).capacity();
        ParameterWriter out = command.dataIn(command.cdb16(7)).u16(0).u16(0);
        for (Density density : Density.values()) { // ascending codes, as 6.15.1 asks
            if (label == null ? model.reads(density.type()) : label.type() == density.type()) {
                write(out, density, mediumTypes, label == null ? density.type().nativeBytes() : limited, label != null);
            }
        }
        out.patchU16(0, (int) out.position() - 2);
        command.good(out);
    }

    /** The medium's capacity is what SET CAPACITY left of it. */
    private void write(ParameterWriter out, Density density, boolean mediumTypes, long capacity, boolean ofMedium) {
        if (mediumTypes) {
            density.writeMediumType(out);
            return;
        }
        boolean byDefault = ofMedium || density.type() == model.own();
        density.writeDensity(out, model.writes(density.type()), byDefault, capacity);
    }

    /** With MLOI the largest logical object identifier (SSC-5 6.9.3). */
    void readBlockLimits(ScsiCommand command) {
        ParameterWriter out = command.dataIn(20);
        if (command.cdbBit(1, 0)) {
            out.zeros(MLOI_BYTES).u64(Long.MAX_VALUE);
        } else {
            out.u8(0).u24(DriveUnit.MAX_BLOCK_BYTES).u16(1);
        }
        command.good(out);
    }
}
