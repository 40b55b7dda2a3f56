// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ParameterWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** REPORT SUPPORTED OPERATION CODES (SPC-5 6.34): the device's own, to which the gateway adds what it serves. */
final class SupportedOperationCodes {
    private static final int SUPPORT_NONE = 1; // not supported
    private static final int SUPPORT_STANDARD = 3; // supported as a T10 standard says

    private @Nullable CommandTable table;

    void describe(CommandTable described) {
        table = described;
    }

    void report(ScsiCommand command) {
        CommandTable known = table;
        if (known == null) {
            command.internalFailure();
            return;
        }
        boolean timeouts = command.cdbBit(2, 7); // RCTD
        int opcode = command.cdb8(3);
        int serviceAction = command.cdb16(4);
        switch (command.cdb8(2) & 7) {
            case 0 -> reportAll(command, known, timeouts);
            case 1 -> {
                if (known.hasServiceActions(opcode)) {
                    command.invalidField(2, 2);
                } else {
                    reportOne(command, known.find(opcode, -1), timeouts);
                }
            }
            case 2 -> {
                if (known.find(opcode, -1) != null) {
                    command.invalidField(2, 2);
                } else {
                    reportOne(command, known.find(opcode, serviceAction), timeouts);
                }
            }
            case 3 -> {
                boolean plain = !known.hasServiceActions(opcode) && serviceAction == 0;
                reportOne(command, known.find(opcode, plain ? -1 : serviceAction), timeouts);
            }
            default -> command.invalidField(2, 2);
        }
    }

    private static void reportAll(ScsiCommand command, CommandTable table, boolean timeouts) {
        ParameterWriter out = command.dataIn(command.cdb32(6)).u32(0);
        for (CommandEntry entry : table.entries()) {
            boolean action = entry.serviceAction() >= 0;
            out.u8(entry.opcode()).u8(0).u16(action ? entry.serviceAction() : 0).u8(0);
            out.u8((timeouts ? 0x02 : 0) | (action ? 0x01 : 0));
            out.u16(entry.usage().length());
            if (timeouts) {
                writeTimeouts(out, entry);
            }
        }
        out.patchU32(0, out.position() - 4);
        command.good(out);
    }

    private static void reportOne(ScsiCommand command, @Nullable CommandEntry entry, boolean timeouts) {
        ParameterWriter out = command.dataIn(command.cdb32(6)).u8(0);
        if (entry == null) {
            command.good(out.u8(SUPPORT_NONE).u16(0));
            return;
        }
        out.u8((timeouts ? 0x80 : 0) | SUPPORT_STANDARD);
        out.u16(entry.usage().length()).bytes(entry.usage().bytes());
        if (timeouts) {
            writeTimeouts(out, entry);
        }
        command.good(out);
    }

    private static void writeTimeouts(ParameterWriter out, CommandEntry entry) {
        out.u16(0x0A).u8(0).u8(0).u32(seconds(entry.nominal())).u32(seconds(entry.recommended()));
    }

    private static long seconds(Duration duration) {
        return duration.isZero() ? 0 : Math.max(1, duration.toSeconds());
    }
}
