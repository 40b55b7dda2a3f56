// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.Testbed.check;
import static io.sluice.handler.testkit.Testbed.hex;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** LOG SENSE, where the device has it (SPC-5 6.8, 7.3). */
interface LogRules {
    int ROOM = 65_535;

    Testbed bed();

    private List<Integer> logPages() {
        Assumptions.assumeTrue(
                SupportedCommand.of(bed()).stream().anyMatch(c -> c.opcode() == OpCode.LOG_SENSE),
                "SKIPPED: the device reports no LOG SENSE");
        byte[] list = logPage(0, 0);
        List<Integer> pages = new ArrayList<>();
        for (int i = 4; i < list.length; i++) {
            pages.add(list[i] & 0xFF);
        }
        return pages;
    }

    private byte[] logPage(int page, int subpage) {
        String cdb = String.format("4D 00 %02X %02X 00 0000 FFFF 00", 0x40 | page, subpage);
        byte[] data = bed().good(cdb, ROOM);
        check(data.length >= 4, "%s: %d bytes, expected 4 and more", cdb, data.length);
        int code = data[0] & 0x3F;
        check(code == page && data[1] == subpage, "%s: begins %s", cdb, hex(Arrays.copyOf(data, 4)));
        int length = SupportedCommand.u16(data, 2);
        check(length == data.length - 4, "%s: PAGE LENGTH %d, %d bytes follow", cdb, length, data.length - 4);
        return data;
    }

    @Test
    default void shouldReturnTheLogPagesThatItLists() {
        List<Integer> pages = logPages();
        check(pages.contains(0), "log page 00h: %s, without itself", pages);
        check(pages.stream().sorted().distinct().toList().equals(pages), "log page 00h: %s, not in order", pages);
        for (int page : pages) {
            if (page == 0) {
                continue;
            }
            byte[] data = logPage(page, 0);
            int last = -1;
            int at = 4;
            while (at < data.length) {
                check(at + 4 <= data.length, "log page %02Xh: half a parameter at byte %d", page, at);
                int code = SupportedCommand.u16(data, at);
                check(code > last, "log page %02Xh: parameter %04Xh follows %04Xh", page, code, last);
                last = code;
                at += 4 + (data[at + 3] & 0xFF);
            }
            check(at == data.length, "log page %02Xh: its last parameter is longer than the page", page);
        }
    }

    @Test
    default void shouldRefuseLogPagesThatItDoesNotList() {
        List<Integer> pages = logPages();
        for (int page = 0; page < 0x40; page++) {
            if (!pages.contains(page)) {
                bed().refused(
                                String.format("4D 00 %02X 00 00 0000 FFFF 00", 0x40 | page),
                                ROOM,
                                AdditionalSense.INVALID_FIELD_IN_CDB,
                                2);
            }
        }
    }

    @Test
    default void shouldCutLogPagesAtTheAllocationLength() {
        for (int page : logPages()) {
            InquiryRules.requireCuts(bed(), String.format("4D 00 %02X 00 00 0000", 0x40 | page) + " %04X 00", ROOM);
        }
    }
}
