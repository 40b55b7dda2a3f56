// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ParameterWriter;
import io.sluice.vtl.medium.Partition;

/**
 * READ POSITION, short, long and extended form (SSC-5 6.12). The object buffer is what was written and is not yet on stable
 * storage, so FIRST minus LAST LOGICAL OBJECT LOCATION says what a power cut would take. The position is always known, so LOLU, LONU and MPU
 * are zero.
 */
final class ReadPositionCommand {
    private static final int BEGINNING = 0x80;
    private static final int PAST_EARLY_WARNING = 0x40;
    /** LOCU: the count of objects in the buffer is unknown. */
    private static final int COUNT_UNKNOWN = 0x20;
    /** BYCU: their bytes are unknown. */
    private static final int BYTES_UNKNOWN = 0x10;
    /** PERR: a location does not fit. */
    private static final int OVERFLOW = 0x02;
    /** BPEW: past programmable early warning. */
    private static final int PAST_PROGRAMMABLE = 0x01;

    private static final int SHORT_BYTES = 20;
    private static final int LONG_BYTES = 32;
    private static final int EXTENDED_BYTES = 32;
    private static final long MAX_24 = 0xFF_FFFFL;
    private static final long MAX_32 = 0xFFFF_FFFFL;

    private final DriveUnit unit;

    ReadPositionCommand(DriveUnit unit) {
        this.unit = unit;
    }

    private int flags(Partition medium, long position) {
        return (position == 0 ? BEGINNING : 0)
                | (unit.zones.isPastEarlyWarning(medium, position) ? PAST_EARLY_WARNING : 0)
                | (unit.zones.isPastProgrammable(medium, position) ? PAST_PROGRAMMABLE : 0);
    }

    /** Objects before this one are on stable storage. */
    private static long last(Partition medium, long position) {
        return Math.min(medium.durable(), position);
    }

    private static long bufferedBytes(Partition medium, long position) {
        return medium.hostBytes(position) - medium.hostBytes(last(medium, position));
    }

    void shortForm(ScsiCommand command) {
        Partition medium = unit.ready(command);
        if (medium == null) {
            return;
        }
        long position = unit.state.position;
        long last = last(medium, position);
        long objects = position - last;
        long bytes = bufferedBytes(medium, position);
        boolean fits = position <= MAX_32;
        int flags = flags(medium, position)
                | (objects > MAX_24 ? COUNT_UNKNOWN : 0)
                | (bytes > MAX_32 ? BYTES_UNKNOWN : 0)
                | (fits ? 0 : OVERFLOW);
        ParameterWriter out = command.dataIn(SHORT_BYTES).u8(flags).u8(0).u16(0);
        out.u32(fits ? position : 0).u32(fits ? last : 0);
        out.u8(0).u24(objects > MAX_24 ? 0 : (int) objects);
        out.u32(bytes > MAX_32 ? 0 : bytes);
        command.good(out);
    }

    void longForm(ScsiCommand command) {
        Partition medium = unit.ready(command);
        if (medium == null) {
            return;
        }
        long position = unit.state.position;
        ParameterWriter out =
                command.dataIn(LONG_BYTES).u8(flags(medium, position)).zeros(3);
        out.u32(0).u64(position).u64(medium.filemarksBefore(position)).u64(0);
        command.good(out);
    }

    void extendedForm(ScsiCommand command) {
        Partition medium = unit.ready(command);
        if (medium == null) {
            return;
        }
        long position = unit.state.position;
        long last = last(medium, position);
        long objects = position - last;
        int flags = flags(medium, position) | (objects > MAX_24 ? COUNT_UNKNOWN : 0);
        ParameterWriter out = command.dataIn(command.cdb16(7)).u8(flags).u8(0).u16(EXTENDED_BYTES - 4);
        out.u8(0).u24(objects > MAX_24 ? 0 : (int) objects);
        out.u64(position).u64(last).u64(bufferedBytes(medium, position));
        command.good(out);
    }
}
