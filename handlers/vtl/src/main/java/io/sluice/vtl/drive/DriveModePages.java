// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.BlockDescriptor;
import io.sluice.handler.kit.ControlPage;
import io.sluice.handler.kit.DeviceSpecificParameter;
import io.sluice.handler.kit.ModePage;
import io.sluice.handler.kit.ModePages;
import io.sluice.scsi.ParameterWriter;
import io.sluice.vtl.medium.Cartridge;
import java.io.IOException;

/** Mode parameters of a drive (SSC-5 8.3): header, block descriptor and pages. */
final class DriveModePages {
    private static final String ERROR_RECOVERY = "01 0A 00 00 00 00 00 00 00 00 00 00";
    private static final String DISCONNECT = "02 0E 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
    /** DCE, DCC; DDE; algorithm 1 both ways. */
    private static final String COMPRESSION = "0F 0E C0 80 00 00 00 01 00 00 00 01 00 00 00 00";
    /** LOIS; EEG, SEW; compression algorithm 1; REWIND ON RESET 10b: the position stays. */
    private static final String CONFIGURATION = "10 0E 00 00 00 00 00 00 40 00 18 00 00 00 01 10";
    /** SHORT ERASE MODE 2: it ends the data. PEWS. */
    private static final String EXTENSION =
            "50 01 00 1C 00 02 00 00 00 00 00 00 00 00 00 00" + " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
    /** No additional partitions; MEDIUM FORMAT RECOGNITION 3: format and partitions. */
    private static final String PARTITIONS = "11 06 00 00 00 03 00 00";

    private static final String POWER = "1A 0A 00 00 00 00 00 00 00 00 00 00";
    /** DEXCPT: TapeAlert flags are to be polled. */
    private static final String EXCEPTIONS = "1C 0A 08 00 00 00 00 00 00 00 00 00";
    /** WORMM zero. */
    private static final String MEDIUM_CONFIGURATION =
            "1D 1E 00 00 00 00 00 00 00 00 00 00 00 00 00 00" + " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

    private DriveModePages() {}

    static ModePages open(DeviceContext context, DriveUnit unit) throws IOException {
        Compression compression = new Compression(unit);
        return ModePages.of(context)
                .page(ModePage.of(ERROR_RECOVERY).build())
                .page(ModePage.of(DISCONNECT).build())
                .page(ControlPage.builder().build())
                .page(ModePage.of(COMPRESSION)
                        .changeable("0F 0E 80 00 00 00 00 00 00 00 00 00 00 00 00 00")
                        .onChange(compression::enabled)
                        .build())
                .page(ModePage.of(CONFIGURATION)
                        .changeable("10 0E 00 00 00 00 00 00 00 00 00 00 00 00 01 00")
                        .onChange(compression::selected)
                        .build())
                .page(ModePage.of(EXTENSION)
                        .changeable("50 01 00 1C 00 00 FF FF 00 00 00 00 00 00 00 00"
                                + " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")
                        .onChange(page -> unit.zones.program(((page[6] & 0xFF) << 8) | (page[7] & 0xFF)))
                        .build())
                .page(ModePage.of(PARTITIONS).build())
                .page(ModePage.of(POWER).build())
                .page(ModePage.of(EXCEPTIONS).build())
                .page(ModePage.of(MEDIUM_CONFIGURATION).build())
                .blockDescriptor(new TapeBlockDescriptor(unit))
                .deviceSpecific(new BufferedMode(unit))
                .mediumType(() -> mediumType(unit))
                .headerAlone()
                .build();
    }

    private static int mediumType(DriveUnit unit) {
        Cartridge cartridge = unit.cartridge();
        return unit.loaded() == null || cartridge == null
                ? 0
                : cartridge.label().type().mediumTypeCode();
    }

    private static int density(DriveUnit unit) {
        Cartridge cartridge = unit.cartridge();
        return unit.loaded() == null || cartridge == null
                ? 0
                : cartridge.label().type().densityCode();
    }

    /** Data are compressed if both pages want it. */
    private static final class Compression {
        private final DriveUnit unit;
        private boolean enabled = true;
        private boolean selected = true;

        Compression(DriveUnit unit) {
            this.unit = unit;
        }

        void enabled(byte[] page) {
            enabled = (page[2] & 0x80) != 0;
            unit.compress(enabled && selected);
        }

        void selected(byte[] page) {
            selected = page[14] != 0;
            unit.compress(enabled && selected);
        }
    }

    /** WP, BUFFERED MODE 0 and 1, SPEED 0 (SSC-5 8.3.1). */
    private record BufferedMode(DriveUnit unit) implements DeviceSpecificParameter {
        private static final int WRITE_PROTECTED = 0x80;

        @Override
        public int value() {
            return (unit.loaded() != null && unit.isWriteProtected() ? WRITE_PROTECTED : 0)
                    | (unit.state.bufferedMode << 4);
        }

        @Override
        public int check(int wanted) {
            if (((wanted >> 4) & 7) > DriveState.BUFFERED) {
                return 6;
            }
            return (wanted & 0x0F) != 0 ? 3 : BlockDescriptor.ACCEPTED;
        }

        @Override
        public boolean apply(int wanted) {
            int mode = (wanted >> 4) & 7;
            boolean changes = mode != unit.state.bufferedMode;
            unit.state.bufferedMode = mode;
            return changes;
        }
    }

    /** DENSITY CODE, NUMBER OF LOGICAL BLOCKS (0: the rest of the medium), BLOCK LENGTH (0: variable) (SSC-5 8.3.1). */
    private record TapeBlockDescriptor(DriveUnit unit) implements BlockDescriptor {
        private static final int UNCHANGED = 0x7F;
        private static final int BLOCK_LENGTH = 5;

        @Override
        public void write(ParameterWriter out, boolean longLba) {
            out.u8(density(unit)).u24(0).u8(0).u24(unit.state.blockLength);
        }

        @Override
        public int check(ScsiCommand command, int at, int length) {
            int code = command.u8(at);
            if (length != 8) {
                return 0;
            }
            if (code != 0 && code != UNCHANGED && code != density(unit)) {
                return 0;
            }
            return command.u24(at + 1L) != 0 ? 1 : ACCEPTED;
        }

        @Override
        public boolean apply(ScsiCommand command, int at, int length) {
            int blockLength = command.u24((long) at + BLOCK_LENGTH);
            boolean changes = blockLength != unit.state.blockLength;
            unit.state.blockLength = blockLength;
            return changes;
        }
    }
}
