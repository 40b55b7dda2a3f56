// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.Testbed.check;

import io.sluice.handler.testing.CommandResult;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.SenseKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What REPORT SUPPORTED OPERATION CODES says is what there is (SPC-5 6.34). */
interface CommandRules {
    int ROOM = 65_536;
    /** REPORT LUNS, REQUEST SENSE and the like are the gateway's to serve, and to report. */
    List<Integer> EVERY_DEVICE = List.of(OpCode.TEST_UNIT_READY, OpCode.INQUIRY);

    Testbed bed();

    @Test
    default void shouldReportTheCommandsThatEveryDeviceHas() {
        List<SupportedCommand> commands = SupportedCommand.of(bed());
        for (int opcode : EVERY_DEVICE) {
            check(
                    commands.stream().anyMatch(command -> command.opcode() == opcode),
                    "%s is not reported: every device has it",
                    OpCode.name(opcode));
        }
        check(
                commands.stream().anyMatch(c -> c.opcode() == OpCode.MAINTENANCE_IN && c.serviceAction() == 0x0C),
                "REPORT SUPPORTED OPERATION CODES does not report itself");
    }

    @Test
    default void shouldReportEachCommandOnce() {
        List<SupportedCommand> commands = SupportedCommand.of(bed());
        for (SupportedCommand one : commands) {
            long alike = commands.stream()
                    .filter(c -> c.opcode() == one.opcode()
                            && (c.serviceAction() == one.serviceAction()
                                    || c.serviceAction() < 0
                                    || one.serviceAction() < 0))
                    .count();
            check(alike == 1, "%s is reported %d times, or with and without service action", one, alike);
        }
        InquiryRules.requireCuts(bed(), "A3 0C 00 00 0000 %08X 00 00", ROOM - 1);
        InquiryRules.requireCuts(bed(), "A3 0C 01 12 0000 %08X 00 00", ROOM - 1);
    }

    @Test
    default void shouldExecuteWhatItReports() {
        for (SupportedCommand command : SupportedCommand.of(bed())) {
            if (command.isAnsweredByTheGateway()) {
                continue;
            }
            CommandResult result = bed().run(command.cdb(), DataDirection.NONE, new byte[0], 0);
            check(
                    !AdditionalSense.INVALID_COMMAND_OPERATION_CODE.equals(result.additionalSense()),
                    "%s is reported and ended %s",
                    command,
                    result);
            boolean action = AdditionalSense.INVALID_FIELD_IN_CDB.equals(result.additionalSense())
                    && command.serviceAction() > 0
                    && result.sense().fieldPointerByte() == (command.opcode() == OpCode.VARIABLE_LENGTH_CDB ? 8 : 1);
            check(!action, "%s is reported, and its service action was refused: %s", command, result);
        }
    }

    @Test
    default void shouldRefuseWhatItDoesNotReport() {
        List<SupportedCommand> commands = SupportedCommand.of(bed());
        for (int opcode = 0; opcode < 256; opcode++) {
            int code = opcode;
            byte[] cdb = new byte[16];
            cdb[0] = (byte) opcode;
            List<SupportedCommand> known =
                    commands.stream().filter(c -> c.opcode() == code).toList();
            if (known.isEmpty()) {
                CommandResult result = bed().run(cdb, DataDirection.NONE, new byte[0], 0);
                Testbed.refused(OpCode.name(opcode), result, AdditionalSense.INVALID_COMMAND_OPERATION_CODE, -1);
            } else if (known.getFirst().serviceAction() >= 0 && opcode != OpCode.VARIABLE_LENGTH_CDB) {
                refuseOtherServiceActions(known, cdb);
            }
        }
    }

    private void refuseOtherServiceActions(List<SupportedCommand> known, byte[] cdb) {
        for (int action = 0; action < 32; action++) {
            int wanted = action;
            if (known.stream().noneMatch(c -> c.serviceAction() == wanted)) {
                cdb[1] = (byte) action;
                String what = OpCode.name(cdb[0] & 0xFF) + " service action " + action;
                CommandResult result = bed().run(cdb, DataDirection.NONE, new byte[0], 0);
                Testbed.refused(what, result, AdditionalSense.INVALID_FIELD_IN_CDB, 1);
            }
        }
    }

    @Test
    default void shouldRefuseBitsThatItDoesNotEvaluate() {
        for (SupportedCommand command : SupportedCommand.of(bed())) {
            for (int at = 1; at < command.usage().length && !command.isAnsweredByTheGateway(); at++) {
                for (int bit = 0; bit < 8; bit++) {
                    if (((command.reserved(at) >> bit) & 1) == 0) {
                        continue;
                    }
                    byte[] cdb = command.cdb();
                    cdb[at] |= (byte) (1 << bit);
                    CommandResult result = bed().run(cdb, DataDirection.NONE, new byte[0], 0);
                    String what =
                            command + " with bit " + bit + " of byte " + at + ", which its usage data call unused";
                    Testbed.refused(what, result, AdditionalSense.INVALID_FIELD_IN_CDB, at);
                    int pointed = result.sense().fieldPointerBit();
                    check(pointed < 0 || pointed == bit, "%s: the field pointer names bit %d", what, pointed);
                }
            }
        }
    }

    @Test
    default void shouldTellWhetherItIsReady() {
        CommandResult result = bed().none("00 00 00 00 00 00");
        boolean ready = result.isGood() && result.dataLength() == 0;
        check(
                ready || result.senseKey() == SenseKey.NOT_READY,
                "TEST UNIT READY ended %s, expected GOOD without data, or NOT READY",
                result);
    }

    @Test
    default void shouldReportTimeoutsOfTheCommandsThatItReports() {
        byte[] plain = bed().good("A3 0C 00 00 0000 00010000 00 00", ROOM);
        CommandResult result = bed().in("A3 0C 80 00 0000 00010000 00 00", ROOM);
        if (!result.isGood()) { // RCTD is optional
            Testbed.refused("RCTD", result, AdditionalSense.INVALID_FIELD_IN_CDB, 2);
            return;
        }
        byte[] timed = result.dataIn();
        int count = (plain.length - 4) / 8;
        check(
                timed.length == 4 + count * 20 && SupportedCommand.u32(timed, 0) == count * 20,
                "RCTD: %d bytes for %d commands, expected 20 each and 4 before them",
                timed.length,
                count);
        for (int i = 0; i < count; i++) {
            int at = 4 + i * 20;
            check((timed[at + 5] & 2) != 0, "RCTD: CTDP of descriptor %d is zero", i);
            check(
                    SupportedCommand.u16(timed, at + 8) == 0x0A,
                    "RCTD: descriptor %d has time-outs of %d bytes, expected 0Ah",
                    i,
                    SupportedCommand.u16(timed, at + 8));
        }
    }
}
