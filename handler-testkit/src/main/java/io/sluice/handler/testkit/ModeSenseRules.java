// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.ModeParameters.ALL;
import static io.sluice.handler.testkit.ModeParameters.CHANGEABLE;
import static io.sluice.handler.testkit.ModeParameters.CURRENT;
import static io.sluice.handler.testkit.ModeParameters.DEFAULT;
import static io.sluice.handler.testkit.ModeParameters.SAVED;
import static io.sluice.handler.testkit.Testbed.check;
import static io.sluice.handler.testkit.Testbed.hex;

import io.sluice.handler.testing.CommandResult;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** MODE SENSE(6) and (10), where the device has them (SPC-5 6.16, 6.17). */
interface ModeSenseRules {
    int ROOM = 65_535;

    Testbed bed();

    static void assumeReported(Testbed bed, int opcode) {
        Assumptions.assumeTrue(
                SupportedCommand.of(bed).stream().anyMatch(c -> c.opcode() == opcode),
                "SKIPPED: the device reports no " + OpCode.name(opcode));
    }

    private Map<Integer, byte[]> pages(int control) {
        assumeReported(bed(), OpCode.MODE_SENSE_10);
        return ModeParameters.sense10(bed(), control, ALL, 0xFF).pages();
    }

    @Test
    default void shouldReturnEachModePageAloneAsAmongAll() {
        Map<Integer, byte[]> all = pages(CURRENT);
        List<Integer> plain =
                all.keySet().stream().filter(key -> (key & 0xFF) == 0).toList();
        check(
                plain.equals(List.copyOf(
                        ModeParameters.sense10(bed(), CURRENT, ALL, 0).pages().keySet())),
                "page 3Fh, sub-page 00h returns not what page 3Fh, sub-page FFh has of sub-pages 00h");
        all.forEach((key, page) -> {
            Map<Integer, byte[]> one =
                    ModeParameters.sense10(bed(), CURRENT, key >> 8, key & 0xFF).pages();
            byte[] alone = one.getOrDefault(key, new byte[0]);
            check(
                    one.size() == 1 && one.containsKey(key),
                    "mode page %04Xh: asked for it alone, got %s",
                    key,
                    one.keySet());
            check(Arrays.equals(alone, page), "mode page %04Xh: %s, among all %s", key, hex(alone), hex(page));
        });
    }

    @Test
    default void shouldReturnTheSamePagesForEveryPageControl() {
        Map<Integer, byte[]> current = pages(CURRENT);
        for (int control : new int[] {CHANGEABLE, DEFAULT, SAVED}) {
            CommandResult result = bed().in(ModeParameters.sense10Cdb(control, ALL, 0xFF), ROOM);
            if (control == SAVED && !result.isGood()) {
                Testbed.refused("saved values", result, AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED, -1);
                continue;
            }
            Map<Integer, byte[]> other = pages(control);
            check(other.keySet().equals(current.keySet()), "PC %d: %s, for PC 0 %s", control, other, current);
            other.forEach((key, page) -> {
                byte[] now = current.getOrDefault(key, page);
                int header = ModeParameters.headerLength(page);
                check(
                        page.length == now.length && Arrays.equals(page, 0, header, now, 0, header),
                        "mode page %04Xh: PC %d %s, PC 0 %s: the same header is expected",
                        key,
                        control,
                        hex(page),
                        hex(now));
            });
        }
    }

    @Test
    default void shouldCutModeDataAtTheAllocationLength() {
        assumeReported(bed(), OpCode.MODE_SENSE_10);
        InquiryRules.requireCuts(bed(), "5A 00 3F FF 00 00 00 %04X 00", ROOM);
        if (SupportedCommand.of(bed()).stream().anyMatch(c -> c.opcode() == OpCode.MODE_SENSE_6)) {
            InquiryRules.requireCuts(bed(), "1A 00 3F 00 %02X 00", 255);
        }
    }

    @Test
    default void shouldReturnTheSamePagesFromModeSense6AndModeSense10() {
        assumeReported(bed(), OpCode.MODE_SENSE_6);
        Map<Integer, byte[]> ten = pages(CURRENT);
        ModeParameters six = ModeParameters.sense6(bed(), CURRENT, ALL, 0xFF);
        six.pages().forEach((key, page) -> {
            byte[] other = ten.getOrDefault(key, new byte[0]);
            check(
                    Arrays.equals(page, other),
                    "mode page %04Xh: MODE SENSE(6) has %s, MODE SENSE(10) %s",
                    key,
                    hex(page),
                    hex(other));
        });
    }

    @Test
    default void shouldLeaveOutBlockDescriptorsWhenAsked() {
        assumeReported(bed(), OpCode.MODE_SENSE_10);
        byte[] data = bed().good("5A 08 3F 00 00 00 00 FFFF 00", ROOM);
        check(SupportedCommand.u16(data, 6) == 0, "DBD: BLOCK DESCRIPTOR LENGTH %d", SupportedCommand.u16(data, 6));
    }

    @Test
    default void shouldRefuseModePagesThatItDoesNotHave() {
        Map<Integer, byte[]> all = pages(CURRENT);
        // Not 00h: it is a vendor's, without page format (SPC-5 7.5.8), and tape drives return the header alone for it.
        for (int page = 1; page < ALL; page++) {
            int code = page;
            boolean known = all.keySet().stream().anyMatch(key -> key >> 8 == code);
            if (!known) {
                String cdb = ModeParameters.sense10Cdb(CURRENT, page, 0);
                bed().refused(cdb, ROOM, AdditionalSense.INVALID_FIELD_IN_CDB, 2);
            } else if (!all.containsKey((page << 8) | 0x7E)) {
                String cdb = ModeParameters.sense10Cdb(CURRENT, page, 0x7E);
                bed().refused(cdb, ROOM, AdditionalSense.INVALID_FIELD_IN_CDB, 3);
            }
        }
    }
}
