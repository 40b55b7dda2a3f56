// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.Testbed.check;
import static io.sluice.handler.testkit.Testbed.hex;

import io.sluice.handler.testing.CommandResult;
import io.sluice.scsi.AdditionalSense;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** INQUIRY and its vital product data (SPC-5 6.7, 7.7). */
interface InquiryRules {
    int ROOM = 4096;
    List<Integer> ALLOCATION_LENGTHS = List.of(0, 1, 4, 5, 8, 35, 36, 37, 64, 96, 255, 256, 4096, 65_535);

    Testbed bed();

    @Test
    default void shouldDescribeItselfInStandardInquiryData() {
        byte[] data = bed().good("12 00 00 1000 00", ROOM);
        check(data.length >= 36, "standard INQUIRY data have %d bytes, expected 36 and more", data.length);
        int type = bed().profile().type().code();
        check(
                (data[0] & 0xFF) == type,
                "byte 0 is %02Xh: the peripheral qualifier is 0 and the type %02Xh as the profile says",
                data[0],
                type);
        check((data[3] & 0x0F) == 2, "RESPONSE DATA FORMAT is %d, expected 2", data[3] & 0x0F);
        check(data[2] != 0, "VERSION is 0: name the SPC that is followed, such as 06h for SPC-4");
        check(
                (data[4] & 0xFF) + 5 == data.length,
                "ADDITIONAL LENGTH is %d, and %d bytes follow it",
                data[4] & 0xFF,
                data.length - 5);
        requireText("vendor, product and revision", data, 8, 36);
        check(data[8] != ' ', "T10 VENDOR IDENTIFICATION is blank");
    }

    private static void requireText(String what, byte[] data, int from, int to) {
        for (int i = from; i < to; i++) {
            check(data[i] >= 0x20 && data[i] <= 0x7E, "%s: byte %d is %02Xh, not printable ASCII", what, i, data[i]);
        }
    }

    @Test
    default void shouldCutInquiryDataAtTheAllocationLength() {
        List<String> questions = new ArrayList<>(List.of("12 00 00"));
        pages(bed()).forEach(page -> questions.add(String.format("12 01 %02X", page)));
        for (String question : questions) {
            requireCuts(bed(), question + " %04X 00", 65_535);
        }
    }

    /**
     * The same answer for every allocation length, cut where that ends, whatever room the initiator has.
     *
     * @param cdb with a format for the allocation length
     */
    static void requireCuts(Testbed bed, String cdb, int largest) {
        byte[] whole = bed.good(String.format(cdb, largest), largest);
        for (int length : ALLOCATION_LENGTHS) {
            if (length > largest) {
                continue;
            }
            String asked = String.format(cdb, length);
            int called = Math.min(length, whole.length);
            for (int room : new int[] {length, length + 100, length / 2}) {
                CommandResult result = bed.in(asked, room);
                check(result.isGood(), "%s ended %s, expected GOOD", asked, result);
                check(
                        result.dataLength() == called,
                        "%s with room for %d bytes reported %d, expected %d: the lesser of %d bytes of data and the"
                                + " allocation length",
                        asked,
                        room,
                        result.dataLength(),
                        called,
                        whole.length);
                byte[] expected = Arrays.copyOf(whole, Math.min(called, room));
                check(
                        Arrays.equals(result.dataIn(), expected),
                        "%s: %s, where the whole begins %s: only its length may depend on the allocation length",
                        asked,
                        hex(result.dataIn()),
                        hex(expected));
            }
        }
    }

    private static List<Integer> pages(Testbed bed) {
        byte[] data = bed.good("12 01 00 1000 00", ROOM);
        check(data.length >= 4, "VPD page 00h has %d bytes, expected 4 and more", data.length);
        List<Integer> pages = new ArrayList<>();
        for (int i = 4; i < data.length; i++) {
            pages.add(data[i] & 0xFF);
        }
        return pages;
    }

    @Test
    default void shouldListItsVitalProductDataPages() {
        List<Integer> pages = pages(bed());
        check(pages.stream().sorted().distinct().toList().equals(pages), "VPD page 00h: %s, not in order", pages);
        check(pages.contains(0x00) && pages.contains(0x83), "VPD page 00h: %s, without 00h or 83h", pages);
        byte type = (byte) bed().profile().type().code();
        for (int page = 0; page < 256; page++) {
            String cdb = String.format("12 01 %02X 1000 00", page);
            if (!pages.contains(page)) {
                bed().refused(cdb, ROOM, AdditionalSense.INVALID_FIELD_IN_CDB, 2);
                continue;
            }
            byte[] data = bed().good(cdb, ROOM);
            check(
                    data.length >= 4 && data[0] == type && (data[1] & 0xFF) == page,
                    "%s: begins %s",
                    cdb,
                    hex(Arrays.copyOf(data, 4)));
            int length = SupportedCommand.u16(data, 2);
            check(length == data.length - 4, "%s: PAGE LENGTH %d, %d bytes follow", cdb, length, data.length - 4);
        }
    }

    @Test
    default void shouldIdentifyItsLogicalUnit() {
        byte[] data = bed().good("12 01 83 1000 00", ROOM);
        boolean unit = false;
        int at = 4;
        while (at < data.length) {
            check(at + 4 <= data.length, "VPD page 83h: %d bytes are left at byte %d", data.length - at, at);
            int length = data[at + 3] & 0xFF;
            int association = (data[at + 1] >> 4) & 3;
            int type = data[at + 1] & 0x0F;
            check(
                    length > 0 && at + 4 + length <= data.length,
                    "VPD page 83h: the designator at byte %d has %d bytes of %d that are left",
                    at,
                    length,
                    data.length - at - 4);
            check((data[at] & 0x0F) >= 1 && (data[at] & 0x0F) <= 3, "VPD page 83h: CODE SET %d", data[at] & 0x0F);
            unit |= association == 0 && (type == 1 || type == 2 || type == 3 || type == 8 || type == 0x0A);
            at += 4 + length;
        }
        check(unit, "VPD page 83h has no designator of the logical unit: NAA, EUI-64, T10 vendor, SCSI name or UUID");
        if (pages(bed()).contains(0x80)) {
            byte[] serial = bed().good("12 01 80 1000 00", ROOM);
            requireText("VPD page 80h", serial, 4, serial.length);
        }
    }

    @Test
    default void shouldKeepItsIdentityWhenItIsOpenedAgain() throws Exception {
        List<byte[]> before = identity();
        bed().reopen();
        List<byte[]> after = identity();
        for (int i = 0; i < before.size(); i++) {
            check(
                    Arrays.equals(before.get(i), after.get(i)),
                    "initiators would take it for another device: %s became %s",
                    hex(before.get(i)),
                    hex(after.get(i)));
        }
    }

    private List<byte[]> identity() {
        List<byte[]> identity = new ArrayList<>();
        identity.add(bed().good("12 00 00 1000 00", ROOM));
        for (int page : pages(bed())) {
            if (page == 0x80 || page == 0x83) {
                identity.add(bed().good(String.format("12 01 %02X 1000 00", page), ROOM));
            }
        }
        return identity;
    }

    @Test
    default void shouldRefuseAPageCodeWithoutEvpd() {
        bed().refused("12 00 83 1000 00", ROOM, AdditionalSense.INVALID_FIELD_IN_CDB, 2);
    }
}
