// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.BlockDescriptor;
import io.sluice.handler.kit.ControlPage;
import io.sluice.handler.kit.ModePage;
import io.sluice.handler.kit.ModePages;
import io.sluice.scsi.ParameterWriter;
import io.sluice.vdisk.store.StoreTraits;
import java.io.IOException;

/**
 * Mode pages 01h, 08h (SBC-4 6.5), 0Ah and 1Ch (SPC-5 7.5), all saved. What they change reaches the data path through
 * {@link CacheAndProtection}.
 */
final class DiskModePages {
    private static final int WCE = 0x04;
    private static final int RCD = 0x01;
    private static final int SWP = 0x08;
    private static final int WP = 0x80;
    private static final int DPOFUA = 0x10;

    /** AWRE and ARRE: whatever is below reallocates by itself. */
    private static final String ERROR_RECOVERY = "01 0A C0 00 00 00 00 00 00 00 00 00";

    private static final String CACHING = "08 12 %02X 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
    /** DEXCPT: there are no predictions of failure. */
    private static final String INFORMATIONAL_EXCEPTIONS = "1C 0A 08 00 00 00 00 00 00 00 00 00";

    private DiskModePages() {}

    static ModePages open(DeviceContext context, DiskConfig config, LogicalUnit unit) throws IOException {
        Switches switches = new Switches(unit);
        StoreTraits traits = unit.store.traits();
        boolean cache = traits.volatileCache() && !config.readOnly();
        // An administrator who asked for write-through has the last word, so an initiator cannot enable the cache then.
        int wceChangeable = cache && !config.writeThrough() ? WCE : 0;
        int changeable = wceChangeable | (traits.blocking() ? RCD : 0);
        int defaults = cache && !config.writeThrough() ? WCE : 0;
        return ModePages.of(context)
                .page(ModePage.of(ERROR_RECOVERY).saved().build())
                .page(ModePage.of(CACHING.formatted(defaults))
                        .changeable(CACHING.formatted(changeable))
                        .saved()
                        .onChange(switches::cachingChanged)
                        .build())
                .page(ControlPage.builder(SWP)
                        .onChange(switches::controlChanged)
                        .build())
                .page(ModePage.of(INFORMATIONAL_EXCEPTIONS).saved().build())
                .blockDescriptor(new DiskBlockDescriptor(unit))
                .deviceSpecific(() -> DPOFUA | (unit.isReadOnly() || unit.modes.isSoftwareWriteProtected() ? WP : 0))
                .build();
    }

    /** Carries changes to where reads and writes look. */
    private static final class Switches {
        private final LogicalUnit unit;
        private int caching;
        private int control;

        Switches(LogicalUnit unit) {
            this.unit = unit;
        }

        synchronized void cachingChanged(byte[] page) {
            boolean wasOn = (caching & WCE) != 0;
            caching = page[2];
            update();
            if (wasOn && (caching & WCE) == 0) {
                // From now on GOOD means on the medium; what went before must not be an exception. A failure stays with
                // the
                // store, and the next flush reports it.
                unit.store.flush();
            }
        }

        synchronized void controlChanged(byte[] page) {
            control = page[4];
            update();
        }

        private void update() {
            unit.modes.set((caching & WCE) != 0, (caching & RCD) != 0, (control & SWP) != 0);
        }
    }

    /** Short and long LBA mode parameter block descriptors (SBC-4 6.5.2). */
    private record DiskBlockDescriptor(LogicalUnit unit) implements BlockDescriptor {
        private static final long UNKNOWN = 0xFFFF_FFFFL;

        @Override
        public void write(ParameterWriter out, boolean longLba) {
            long blocks = unit.medium.isLoaded() ? unit.capacity() : 0;
            if (longLba) {
                out.u64(blocks).u32(0).u32(unit.blockSize);
            } else {
                out.u32(Math.min(blocks, UNKNOWN)).u8(0).u24(unit.blockSize);
            }
        }

        /** Another block length would mean to format, another number of blocks to resize; zero or all ones keeps it. */
        @Override
        public int check(ScsiCommand command, int at, int length) {
            boolean longLba = length == 16;
            long blocks = longLba ? command.u64(at) : command.u32(at);
            long blockLength = longLba ? command.u32(at + 12L) : command.u24(at + 5L);
            if (blockLength != unit.blockSize) {
                return longLba ? 12 : 5;
            }
            long all = longLba ? -1 : UNKNOWN;
            long now = longLba ? unit.capacity() : Math.min(unit.capacity(), UNKNOWN);
            return blocks == 0 || blocks == all || blocks == now ? ACCEPTED : 0;
        }
    }
}
