// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import java.util.function.LongSupplier;

/** REPORT TIMESTAMP and SET TIMESTAMP (SPC-5 5.3, 6.37, 6.48): milliseconds since 1970, of this machine until an initiator sets it. */
final class TimestampCommands {
    /** TIMESTAMP ORIGIN 2: by SET TIMESTAMP. */
    private static final int SET = 2;
    /** TIMESTAMP ORIGIN 3: by other means. */
    static final int FROM_MACHINE = 3;

    private static final int LIST_BYTES = 12;

    private final DriveState state;
    private final DeviceContext context;
    private final LongSupplier nowMillis;

    TimestampCommands(DriveState state, DeviceContext context, LongSupplier nowMillis) {
        this.state = state;
        this.context = context;
        this.nowMillis = nowMillis;
    }

    void reportTimestamp(ScsiCommand command) {
        int origin = state.clockOrigin == 0 ? FROM_MACHINE : state.clockOrigin;
        command.good(command.dataIn(command.cdb32(6))
                .u16(LIST_BYTES - 2)
                .u8(origin)
                .u8(0)
                .u48(nowMillis.getAsLong() + state.clockOffsetMillis)
                .u16(0));
    }

    void setTimestamp(ScsiCommand command) {
        long length = command.cdb32(6);
        if (length == 0) {
            command.good(0);
        } else if (length != LIST_BYTES || command.dataOutLength() < LIST_BYTES) {
            command.parameterListLengthError();
        } else {
            state.clockOffsetMillis = ((long) command.u16(4) << 32 | command.u32(6)) - nowMillis.getAsLong();
            state.clockOrigin = SET;
            context.raiseUnitAttentionExcept(command.nexus(), AdditionalSense.TIMESTAMP_CHANGED);
            command.taken(LIST_BYTES);
        }
    }
}
