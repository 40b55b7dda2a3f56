// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.scsi.OpCode;
import java.util.ArrayList;
import java.util.List;

/**
 * One command descriptor of REPORT SUPPORTED OPERATION CODES (SPC-5 6.34) with its CDB usage data.
 *
 * @param serviceAction -1 if the operation code has none
 * @param usage one bit for each that the device evaluates; byte 0 is the operation code
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it or changes the array
record SupportedCommand(int opcode, int serviceAction, byte[] usage) {
    private static final int ROOM = 65_536;

    /** All commands that the device reports, each with the usage data that it reports for that one. */
    static List<SupportedCommand> of(Testbed bed) {
        byte[] all = bed.good("A3 0C 00 00 0000 00010000 00 00", ROOM);
        Testbed.check(
                all.length >= 4, "REPORT SUPPORTED OPERATION CODES gave %d bytes, expected 4 and more", all.length);
        int length = u32(all, 0);
        Testbed.check(
                length + 4 == all.length && length % 8 == 0,
                "REPORT SUPPORTED OPERATION CODES: COMMAND DATA LENGTH %d, %d bytes follow, each descriptor has 8",
                length,
                all.length - 4);
        List<SupportedCommand> commands = new ArrayList<>();
        for (int at = 4; at < all.length; at += 8) {
            boolean action = (all[at + 5] & 1) != 0;
            int serviceAction = action ? u16(all, at + 2) : -1;
            commands.add(one(bed, all[at] & 0xFF, serviceAction, u16(all, at + 6)));
        }
        return commands;
    }

    private static SupportedCommand one(Testbed bed, int opcode, int serviceAction, int cdbLength) {
        String cdb = serviceAction < 0
                ? String.format("A3 0C 01 %02X 0000 00010000 00 00", opcode)
                : String.format("A3 0C 02 %02X %04X 00010000 00 00", opcode, serviceAction);
        byte[] one = bed.good(cdb, ROOM);
        String name = OpCode.name(opcode);
        Testbed.check(one.length >= 4 && (one[1] & 7) == 3, "%s: %s is listed, but not supported", cdb, name);
        Testbed.check(
                u16(one, 2) == cdbLength && one.length == 4 + cdbLength,
                "%s: CDB SIZE %d and %d bytes, where the list says %d",
                cdb,
                u16(one, 2),
                one.length - 4,
                cdbLength);
        byte[] usage = java.util.Arrays.copyOfRange(one, 4, one.length);
        Testbed.check((usage[0] & 0xFF) == opcode, "%s: usage data begin with %02Xh", cdb, usage[0]);
        return new SupportedCommand(opcode, serviceAction, usage);
    }

    static int u16(byte[] bytes, int at) {
        return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
    }

    static int u32(byte[] bytes, int at) {
        return (u16(bytes, at) << 16) | u16(bytes, at + 2);
    }

    /** The gateway answers these before a device sees them. */
    boolean isAnsweredByTheGateway() {
        return opcode == OpCode.REPORT_LUNS || opcode == OpCode.REQUEST_SENSE;
    }

    private boolean isVariable() {
        return opcode == OpCode.VARIABLE_LENGTH_CDB;
    }

    /** A CDB of zeros but for operation code, service action and, where there is one, the additional CDB length. */
    byte[] cdb() {
        byte[] cdb = new byte[usage.length];
        cdb[0] = (byte) opcode;
        if (isVariable()) {
            cdb[7] = (byte) (usage.length - 8);
            cdb[8] = (byte) (serviceAction >> 8);
            cdb[9] = (byte) serviceAction;
        } else if (serviceAction >= 0) {
            cdb[1] = (byte) serviceAction;
        }
        return cdb;
    }

    /** Bits of a byte that the device says it does not evaluate. */
    int reserved(int index) {
        if (index == 0 || (isVariable() && index >= 7 && index <= 9)) {
            return 0;
        }
        int free = ~usage[index] & 0xFF;
        return index == 1 && serviceAction >= 0 && !isVariable() ? free & 0xE0 : free;
    }

    /** Bits that it evaluates and that a test may set. */
    int evaluated(int index) {
        if (index == 0 || (isVariable() && index >= 7 && index <= 9)) {
            return 0;
        }
        int used = usage[index] & 0xFF;
        return index == 1 && serviceAction >= 0 && !isVariable() ? used & 0xE0 : used;
    }

    @Override
    public String toString() {
        return OpCode.name(opcode) + (serviceAction < 0 ? "" : String.format(" service action %02Xh", serviceAction));
    }
}
