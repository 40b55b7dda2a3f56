// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.VolumeHistory;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The content of a memory's {@link TwinRecord}; what follows it is of a later release, and skipped.
 *
 * <pre>
 *    0  last mount (16)      16  loads     24  formats     32  changes     40  alerts     48  alerts before
 *   56  written and  64  read before that mount    72  written and  80  read in it
 *   88  proportion of the capacity (4)    92  drives (2)    94  attributes (2)
 *   96  each drive: bytes (2) and ASCII; then each attribute: identifier (2), bytes (2), value
 * </pre>
 */
public final class MemoryRecord {
    private static final int FIXED = 96;

    private MemoryRecord() {}

    public static byte[] encode(CartridgeMemory memory) {
        VolumeHistory history = memory.history();
        int bytes = FIXED;
        for (String drive : history.drives()) {
            bytes += 2 + drive.length();
        }
        for (byte[] value : memory.attributes().values()) {
            bytes += 4 + value.length;
        }
        ByteBuffer out = ByteBuffer.allocate(bytes)
                .order(ByteOrder.BIG_ENDIAN)
                .putLong(history.mount().getMostSignificantBits())
                .putLong(history.mount().getLeastSignificantBits())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(history.loads())
                .putLong(history.formats())
                .putLong(history.changes())
                .putLong(history.alerts())
                .putLong(history.alertsBefore())
                .putLong(history.writtenBefore())
                .putLong(history.readBefore())
                .putLong(history.written())
                .putLong(history.read())
                .putInt(memory.proportion())
                .putShort((short) history.drives().size())
                .putShort((short) memory.attributes().size());
        for (String drive : history.drives()) {
            out.putShort((short) drive.length()).put(drive.getBytes(StandardCharsets.US_ASCII));
        }
        for (Map.Entry<Integer, byte[]> attribute : memory.attributes().entrySet()) {
            byte[] value = attribute.getValue();
            out.putShort(attribute.getKey().shortValue())
                    .putShort((short) value.length)
                    .put(value);
        }
        return out.array();
    }

    public static CartridgeMemory decode(byte[] content, String what) throws IOException {
        try {
            ByteBuffer in = ByteBuffer.wrap(content);
            UUID mount = new UUID(in.getLong(), in.getLong());
            in.order(ByteOrder.LITTLE_ENDIAN);
            long[] numbers = new long[9];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = in.getLong();
            }
            int proportion = in.getInt();
            int driveCount = in.getShort();
            int attributeCount = in.getShort();
            List<String> drives = new ArrayList<>();
            for (int i = 0; i < driveCount; i++) {
                drives.add(new String(bytes(in), StandardCharsets.US_ASCII));
            }
            SortedMap<Integer, byte[]> attributes = new TreeMap<>();
            for (int i = 0; i < attributeCount; i++) {
                attributes.put(Short.toUnsignedInt(in.getShort()), bytes(in));
            }
            VolumeHistory history = new VolumeHistory(
                    mount,
                    numbers[0],
                    numbers[1],
                    numbers[2],
                    numbers[3],
                    numbers[4],
                    numbers[5],
                    numbers[6],
                    numbers[7],
                    numbers[8],
                    List.copyOf(drives));
            return new CartridgeMemory(history, proportion, attributes);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException(what + " holds what this release does not know: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] value = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(value);
        return value;
    }
}
