// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.Testbed.check;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What MODE SENSE returned, taken apart (SPC-5 7.5).
 *
 * @param header 4 or 8 bytes
 * @param descriptors the mode parameter block descriptors; empty without
 * @param pages all bytes of each page by {@code code << 8 | subpage}, in the order of the codes
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it or changes the arrays
record ModeParameters(byte[] header, byte[] descriptors, Map<Integer, byte[]> pages) {
    static final int ALL = 0x3F;
    static final int CURRENT = 0;
    static final int CHANGEABLE = 1;
    static final int DEFAULT = 2;
    static final int SAVED = 3;

    /** MODE SENSE(10) of pages and sub-pages; must end GOOD. */
    static ModeParameters sense10(Testbed bed, int control, int page, int subpage) {
        String cdb = sense10Cdb(control, page, subpage);
        byte[] data = bed.good(cdb, 65_535);
        check(data.length >= 8, "%s: %d bytes, expected 8 and more", cdb, data.length);
        int length = SupportedCommand.u16(data, 0);
        check(length == data.length - 2, "%s: MODE DATA LENGTH %d, %d bytes follow", cdb, length, data.length - 2);
        return parse(cdb, data, 8, SupportedCommand.u16(data, 6));
    }

    static String sense10Cdb(int control, int page, int subpage) {
        return String.format("5A 00 %02X %02X 00 00 00 FFFF 00", (control << 6) | page, subpage);
    }

    static ModeParameters sense6(Testbed bed, int control, int page, int subpage) {
        String cdb = String.format("1A 00 %02X %02X FF 00", (control << 6) | page, subpage);
        byte[] data = bed.good(cdb, 255);
        check(data.length >= 4, "%s: %d bytes, expected 4 and more", cdb, data.length);
        int length = data[0] & 0xFF;
        check(
                length == data.length - 1 || data.length == 255,
                "%s: MODE DATA LENGTH %d, %d bytes follow",
                cdb,
                length,
                data.length - 1);
        return parse(cdb, data, 4, data[3] & 0xFF);
    }

    private static ModeParameters parse(String cdb, byte[] data, int header, int descriptorLength) {
        int at = header + descriptorLength;
        check(at <= data.length, "%s: BLOCK DESCRIPTOR LENGTH %d, %d bytes in all", cdb, descriptorLength, data.length);
        Map<Integer, byte[]> pages = new TreeMap<>();
        byte[] descriptors = Arrays.copyOfRange(data, header, at);
        while (at < data.length) {
            boolean sub = (data[at] & 0x40) != 0;
            int code = data[at] & 0x3F;
            int room = data.length - at;
            int length = room < (sub ? 4 : 2)
                    ? Integer.MAX_VALUE
                    : sub ? 4 + SupportedCommand.u16(data, at + 2) : 2 + (data[at + 1] & 0xFF);
            if (length > room && header == 4 && data.length == 255) {
                break; // MODE SENSE(6) has room for no more
            }
            check(length <= room, "%s: page %02Xh at byte %d is longer than the data", cdb, code, at);
            int key = (code << 8) | (sub ? data[at + 1] & 0xFF : 0);
            byte[] twice = pages.put(key, Arrays.copyOfRange(data, at, at + length));
            check(twice == null, "%s: page %04Xh comes twice", cdb, key);
            at += length;
        }
        return new ModeParameters(Arrays.copyOf(data, header), descriptors, pages);
    }

    static int headerLength(byte[] page) {
        return (page[0] & 0x40) != 0 ? 4 : 2;
    }

    /** MODE SELECT(10)'s parameter list of pages, with the reserved MODE DATA LENGTH zero and PS as MODE SENSE gave it. */
    static byte[] list(byte[]... pages) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        list.writeBytes(new byte[8]);
        for (byte[] page : pages) {
            list.writeBytes(page);
        }
        return list.toByteArray();
    }

    static String select10Cdb(boolean save, int length) {
        return String.format("55 %02X 00 00 00 00 00 %04X 00", save ? 0x11 : 0x10, length);
    }

    /** The page with some bits turned over. */
    static byte[] flipped(byte[] page, int at, int mask) {
        byte[] other = page.clone();
        other[at] ^= (byte) mask;
        return other;
    }
}
