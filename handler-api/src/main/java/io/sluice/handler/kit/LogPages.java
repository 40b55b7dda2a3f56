// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ParameterWriter;
import java.util.Map;
import java.util.TreeMap;

/** LOG SENSE and LOG SELECT (SPC-5 6.7, 6.8) over the pages of a device; page 00h and its sub-page FFh list them. */
public final class LogPages implements CommandSet {
    private static final int ALL_SUBPAGES = 0xFF;

    private final DeviceContext context;
    private final Map<Integer, LogPage> pages = new TreeMap<>();

    public LogPages(DeviceContext context, LogPage... pages) {
        this.context = context;
        for (LogPage page : pages) {
            if (page.code() == 0 || this.pages.putIfAbsent((page.code() << 8) | page.subpage(), page) != null) {
                throw new IllegalArgumentException(
                        String.format("log page %02Xh/%02Xh is there already", page.code(), page.subpage()));
            }
        }
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        table.command(OpCode.LOG_SENSE, "4D 00 FF FF 00 FF FF FF FF 00", this::sense);
        table.command(OpCode.LOG_SELECT, "4C 02 FF FF 00 00 00 FF FF 00", this::select);
    }

    private void sense(ScsiCommand command) {
        int control = command.cdb8(2) >> 6;
        int code = command.cdb8(2) & 0x3F;
        int subpage = command.cdb8(3);
        if (subpage == ALL_SUBPAGES || code == 0) {
            list(command, code, subpage);
            return;
        }
        LogPage page = pages.get((code << 8) | subpage);
        if (page == null) {
            refusePage(command, code);
            return;
        }
        int from = command.cdb16(5);
        ParameterWriter out = command.dataIn(command.cdb16(7));
        out.u8((subpage != 0 ? 0x40 : 0) | code).u8(subpage).u16(0);
        LogParameters parameters = new LogParameters(out, from, control >= 2);
        page.write(parameters);
        if (from > Math.max(0, parameters.highest())) {
            command.invalidField(5); // SPC-5 6.8: the pointer lies past the last parameter
            return;
        }
        out.patchU16(2, (int) (out.position() - 4));
        command.good(out);
    }

    /** Supported pages: 00h/00h codes alone, xx/FFh pairs of code and sub-page. */
    private void list(ScsiCommand command, int code, int subpage) {
        boolean pairs = subpage == ALL_SUBPAGES;
        boolean known = code == 0 || pages.keySet().stream().anyMatch(key -> key >> 8 == code);
        if (!known || (subpage != 0 && !pairs)) {
            command.invalidField(known ? 3 : 2, known ? -1 : 5);
            return;
        }
        ParameterWriter out = command.dataIn(command.cdb16(7));
        out.u8((pairs ? 0x40 : 0) | code).u8(subpage).u16(0);
        if (code == 0) {
            out.u8(0);
            if (pairs) {
                out.u8(0).u8(0).u8(ALL_SUBPAGES);
            }
        }
        int last = -1;
        for (LogPage page : pages.values()) {
            if (pairs && (code == 0 || page.code() == code)) {
                out.u8(page.code()).u8(page.subpage());
            } else if (!pairs && page.code() != last) {
                out.u8(page.code());
            }
            last = page.code();
        }
        out.patchU16(2, (int) (out.position() - 4));
        command.good(out);
    }

    private void refusePage(ScsiCommand command, int code) {
        boolean known = pages.keySet().stream().anyMatch(key -> key >> 8 == code);
        command.invalidField(known ? 3 : 2, known ? -1 : 5);
    }

    /** Only PCR: a parameter list would set thresholds, which no page here has. */
    private void select(ScsiCommand command) {
        int code = command.cdb8(2) & 0x3F;
        int subpage = command.cdb8(3);
        if (command.cdb16(7) != 0) {
            command.invalidField(7);
            return;
        }
        if (code != 0 && !pages.containsKey((code << 8) | subpage)) {
            refusePage(command, code);
            return;
        }
        if (command.cdbBit(1, 1)) {
            for (LogPage page : pages.values()) {
                if (code == 0 || (page.code() == code && page.subpage() == subpage)) {
                    page.reset();
                }
            }
            context.raiseUnitAttentionExcept(command.nexus(), AdditionalSense.LOG_PARAMETERS_CHANGED);
        }
        command.good(0);
    }
}
