// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.scsi.ParameterWriter;
import io.sluice.vdisk.store.StoreTraits;

/**
 * Vital product data of a disk behind its four-byte page header: B0h, B1h and B2h (SBC-4 6.6). The limits
 * are the ones that the commands enforce.
 */
final class VpdPages {
    /** PAGE LENGTH of B0h and B1h: 3Ch. */
    private static final int LONG_PAGE = 60;

    private static final int UGAVALID = 0x80;
    private static final int LBPU = 0x80;
    private static final int LBPWS = 0x40;
    private static final int LBPWS10 = 0x20;
    private static final int LBPRZ = 0x04;
    private static final int THIN = 2;
    private static final int NON_ROTATING = 1;
    private static final int ROTATIONS_PER_MINUTE = 7200;

    private final DiskConfig config;
    private final StoreTraits traits;

    VpdPages(DiskConfig config, StoreTraits traits) {
        this.config = config;
        this.traits = traits;
    }

    /** B0h. */
    void blockLimits(ParameterWriter page) {
        int blockSize = config.blockSize();
        page.u8(0); // WSNZ: NUMBER OF LOGICAL BLOCKS zero means up to the end
        page.u8(CompareAndWriteCommand.MAX_BLOCKS);
        page.u16(config.physicalBlockSize() / blockSize); // OPTIMAL TRANSFER LENGTH GRANULARITY
        page.u32(DiskConfig.MAX_TRANSFER_BYTES / blockSize);
        page.u32(config.optimalTransferBytes() / blockSize);
        page.u32(0); // MAXIMUM PREFETCH LENGTH: no limit
        page.u32(config.thin() ? UnmapCommand.MAX_BLOCKS : 0);
        page.u32(config.thin() ? UnmapCommand.MAX_DESCRIPTORS : 0);
        page.u32(config.thin() ? Math.max(traits.granularity() / blockSize, 1) : 0);
        page.u8(config.thin() ? UGAVALID : 0); // and alignment 0
        page.zeros(3);
        page.u64(WriteSameCommand.MAX_BLOCKS);
        page.zeros(LONG_PAGE - 40); // no atomic writes
    }

    /** B1h. */
    void blockDeviceCharacteristics(ParameterWriter page) {
        page.u16(config.rotational() ? ROTATIONS_PER_MINUTE : NON_ROTATING);
        page.zeros(LONG_PAGE - 2);
    }

    /** B2h. */
    void logicalBlockProvisioning(ParameterWriter page) {
        page.u8(0); // no threshold sets
        page.u8(config.thin() ? LBPU | LBPWS | LBPWS10 | LBPRZ : 0);
        page.u8(config.thin() ? THIN : 0);
        page.u8(0);
    }
}
