// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * What a journal's records say, and how; numbers are big-endian. {@link JournalFrame} wraps each.
 *
 * <pre>
 *   HEADER      1  magic "SLUICELB" (8), version u16, library UUID (16), layout u8, drives u16, mail slots u16, slots u32,
 *                  records of the snapshot u32, this one among them
 *   TRANSITION  2  sequence u64, placements u32, each {barcode, address u16, source u16, flags u8: 1 imported},
 *                  forgotten u32, each {barcode}; a barcode is its length u8 and ASCII
 *   GEOMETRY    3  layout u8, drives u16, mail slots u16, slots u32
 *   APPLIED     4  count u32, each a sequence u64, oldest first
 *   POWERED_ON  5  nothing: sequences begin anew
 * </pre>
 */
sealed interface JournalRecord {
    int VERSION = 1;
    byte[] MAGIC = "SLUICELB".getBytes(StandardCharsets.US_ASCII);

    /** The first record of a file. */
    record Header(UUID id, Geometry geometry, int snapshotRecords) implements JournalRecord {}

    /** The inventory changed. */
    record Change(Transition transition) implements JournalRecord {}

    /** Elements were added. */
    record Grown(Geometry geometry) implements JournalRecord {}

    /** Commands that were applied before the snapshot. */
    record Applied(List<Long> sequences) implements JournalRecord {}

    /** The gateway counts commands anew. */
    record PoweredOn() implements JournalRecord {}

    /** Type and payload. */
    static byte[] encode(JournalRecord record) {
        ByteBuffer out = ByteBuffer.allocate(size(record));
        switch (record) {
            case Header header -> {
                out.put((byte) 1).put(MAGIC).putShort((short) VERSION);
                out.putLong(header.id.getMostSignificantBits()).putLong(header.id.getLeastSignificantBits());
                geometry(out, header.geometry);
                out.putInt(header.snapshotRecords);
            }
            case Change change -> {
                Transition transition = change.transition;
                out.put((byte) 2).putLong(transition.sequence());
                out.putInt(transition.placements().size());
                for (Placement placement : transition.placements()) {
                    barcode(out, placement.barcode());
                    out.putShort((short) placement.address()).putShort((short) placement.source());
                    out.put((byte) (placement.imported() ? 1 : 0));
                }
                out.putInt(transition.forgotten().size());
                transition.forgotten().forEach(barcode -> barcode(out, barcode));
            }
            case Grown grown -> geometry(out.put((byte) 3), grown.geometry);
            case Applied applied -> {
                out.put((byte) 4).putInt(applied.sequences.size());
                applied.sequences.forEach(out::putLong);
            }
            case PoweredOn nothing -> out.put((byte) 5);
        }
        return out.array();
    }

    private static int size(JournalRecord record) {
        return switch (record) {
            case Header header -> 1 + MAGIC.length + 2 + 16 + 9 + 4;
            case Change change ->
                1
                        + 8
                        + 4
                        + change.transition.placements().stream()
                                .mapToInt(placement -> 6 + placement.barcode().length())
                                .sum()
                        + 4
                        + change.transition.forgotten().stream()
                                .mapToInt(barcode -> 1 + barcode.length())
                                .sum();
            case Grown grown -> 1 + 9;
            case Applied applied -> 1 + 4 + 8 * applied.sequences.size();
            case PoweredOn nothing -> 1;
        };
    }

    private static void geometry(ByteBuffer out, Geometry geometry) {
        out.put((byte) geometry.layout().code());
        out.putShort((short) geometry.drives()).putShort((short) geometry.mailSlots());
        out.putInt(geometry.slots());
    }

    private static void barcode(ByteBuffer out, String barcode) {
        out.put((byte) barcode.length()).put(barcode.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if it is of another version, or makes no sense
     * @throws java.nio.BufferUnderflowException if it is too short
     */
    static JournalRecord decode(ByteBuffer in) {
        int type = in.get();
        return switch (type) {
            case 1 -> {
                byte[] magic = new byte[MAGIC.length];
                in.get(magic);
                int version = in.getShort();
                if (!Arrays.equals(magic, MAGIC) || version != VERSION) {
                    throw new IllegalArgumentException(
                            "not an inventory of version " + VERSION + " (found " + version + ")");
                }
                UUID id = new UUID(in.getLong(), in.getLong());
                yield new Header(id, geometry(in), in.getInt());
            }
            case 2 -> change(in);
            case 3 -> new Grown(geometry(in));
            case 4 -> {
                List<Long> sequences = new ArrayList<>();
                for (int left = in.getInt(); left > 0; left--) {
                    sequences.add(in.getLong());
                }
                yield new Applied(sequences);
            }
            case 5 -> new PoweredOn();
            default -> throw new IllegalArgumentException("record type " + type + " is not known");
        };
    }

    private static Change change(ByteBuffer in) {
        long sequence = in.getLong();
        List<Placement> placements = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            String barcode = barcode(in);
            int address = in.getShort() & 0xFFFF;
            int source = in.getShort() & 0xFFFF;
            placements.add(new Placement(barcode, address, source, in.get() == 1));
        }
        List<String> forgotten = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            forgotten.add(barcode(in));
        }
        return new Change(new Transition(sequence, placements, forgotten));
    }

    private static Geometry geometry(ByteBuffer in) {
        Geometry.Layout layout = Geometry.Layout.of(in.get());
        int drives = in.getShort() & 0xFFFF;
        return new Geometry(layout, drives, in.getShort() & 0xFFFF, in.getInt());
    }

    private static String barcode(ByteBuffer in) {
        byte[] ascii = new byte[in.get()];
        in.get(ascii);
        return new String(ascii, StandardCharsets.US_ASCII);
    }
}
