// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.Partition;
import io.sluice.vtl.medium.VolumeHistory;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The attributes that a cartridge has (SPC-5 7.4.2), those of devices and of the medium made up from what is known of it. */
final class MamContent {
    /** MAM CAPACITY, bytes: that of an LTO-8 cartridge's chip. */
    static final int CAPACITY = 16_384;

    /** Volume change reference: who asks for it is told of the next change. */
    static final int VOLUME_CHANGE_REFERENCE = 0x0009;

    /** Of {@link #CAPACITY}, what the attributes take that hosts do not write. */
    private static final int OWN_BYTES = 1024;

    private static final int LAST_DRIVE = 0x020A;
    private static final int DRIVE_BYTES = 40;
    private static final long MEBIBYTE = 1L << 20;
    private static final String ORGANISATION = "LTO-CVE";
    private static final String MANUFACTURER = "SLUICE";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

    private final SortedMap<Integer, MamAttribute> attributes = new TreeMap<>();

    /** All that {@code cartridge} has at this moment. */
    MamContent(Cartridge cartridge, CartridgeMemory kept, VolumeHistory history) {
        addDevice(cartridge, kept, history);
        addMedium(cartridge);
        kept.attributes().forEach((identifier, value) -> {
            HostAttribute known = HostAttribute.of(identifier);
            if (known != null) { // else a later release's
                add(new MamAttribute(identifier, false, known.format(), value));
            }
        });
    }

    private void add(MamAttribute attribute) {
        attributes.put(attribute.identifier(), attribute);
    }

    private void number(int identifier, int bytes, long value) {
        add(MamAttribute.number(identifier, bytes, value));
    }

    private void ascii(int identifier, int bytes, String text) {
        add(MamAttribute.ascii(identifier, bytes, text));
    }

    private void addDevice(Cartridge cartridge, CartridgeMemory kept, VolumeHistory history) {
        Partition medium = cartridge.partition(0);
        long remaining = medium.capacity() - medium.used(medium.objects());
        number(0x0000, 8, Math.max(0, remaining) / MEBIBYTE);
        number(0x0001, 8, medium.capacity() / MEBIBYTE);
        number(0x0002, 8, history.alertsBefore());
        number(0x0003, 8, history.loads());
        number(0x0004, 8, Math.max(0, space(kept.attributes())));
        ascii(0x0005, 8, ORGANISATION);
        number(0x0006, 1, cartridge.label().type().densityCode());
        number(0x0007, 2, Math.min(history.formats(), 0xFFFF));
        ascii(0x0008, 32, cartridge.label().barcode());
        number(VOLUME_CHANGE_REFERENCE, 4, history.changes());
        int identifier = LAST_DRIVE;
        for (String drive : history.drives()) {
            ascii(identifier++, DRIVE_BYTES, drive);
        }
        number(0x0220, 8, (history.writtenBefore() + history.written()) / MEBIBYTE);
        number(0x0221, 8, (history.readBefore() + history.read()) / MEBIBYTE);
        number(0x0222, 8, history.written() / MEBIBYTE);
        number(0x0223, 8, history.read() / MEBIBYTE);
    }

    private void addMedium(Cartridge cartridge) {
        CartridgeLabel label = cartridge.label();
        Density density = Density.of(label.type());
        ascii(0x0400, 8, MANUFACTURER);
        ascii(0x0401, 32, cartridge.serial().toString().replace("-", ""));
        number(0x0402, 4, density.metres());
        number(0x0403, 4, Density.TENTHS_OF_MILLIMETRES);
        ascii(0x0404, 8, ORGANISATION);
        number(0x0405, 1, label.type().densityCode());
        ascii(0x0406, 8, DATE.format(label.created()));
        number(0x0407, 8, CAPACITY);
        number(0x0408, 1, 0); // a data medium
        number(0x0409, 2, 0); // of which there is no more to say
    }

    /** By identifier. */
    SortedMap<Integer, MamAttribute> attributes() {
        return attributes;
    }

    /** Identifiers of all attributes that a cartridge can have. */
    static SortedSet<Integer> supported(SortedMap<Integer, MamAttribute> existing) {
        SortedSet<Integer> all = new TreeSet<>(existing.keySet());
        for (int i = 0; i < VolumeHistory.DRIVES; i++) {
            all.add(LAST_DRIVE + i);
        }
        for (HostAttribute attribute : HostAttribute.values()) {
            all.add(attribute.identifier());
        }
        return all;
    }

    /** Bytes that are left beside what hosts wrote; below zero it does not fit. */
    static long space(Map<Integer, byte[]> written) {
        long left = CAPACITY - OWN_BYTES;
        for (byte[] value : written.values()) {
            left -= MamAttribute.HEADER_BYTES + value.length;
        }
        return left;
    }
}
