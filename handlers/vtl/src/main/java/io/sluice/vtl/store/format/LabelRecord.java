// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumType;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * The content of a label's {@link TwinRecord}: capacity (8), created, seconds (8) and nanoseconds (4) since 1970, flags (4; 1 is the write
 * protect switch), partitions (4), then barcode and medium type, each as bytes (2) and ASCII.
 */
public final class LabelRecord {
    private static final int WRITE_PROTECTED = 1;
    private static final int FIXED = 28;

    private LabelRecord() {}

    public static byte[] encode(CartridgeLabel label) {
        Instant created = label.created();
        byte[] barcode = label.barcode().getBytes(StandardCharsets.US_ASCII);
        byte[] type = label.type().name().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(FIXED + 2 + barcode.length + 2 + type.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(label.capacityBytes())
                .putLong(created.getEpochSecond())
                .putInt(created.getNano())
                .putInt(label.writeProtected() ? WRITE_PROTECTED : 0)
                .putInt(1)
                .putShort((short) barcode.length)
                .put(barcode)
                .putShort((short) type.length)
                .put(type)
                .array();
    }

    public static CartridgeLabel decode(byte[] content, String what) throws IOException {
        try {
            ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
            long capacity = in.getLong();
            Instant created = Instant.ofEpochSecond(in.getLong(), in.getInt());
            boolean writeProtected = (in.getInt() & WRITE_PROTECTED) != 0;
            int partitions = in.getInt();
            if (partitions != 1) {
                throw new IOException(
                        what + " has " + partitions + " partitions, and this release knows 1: use a newer one");
            }
            String barcode = text(in);
            return new CartridgeLabel(barcode, MediumType.valueOf(text(in)), capacity, writeProtected, created);
        } catch (BufferUnderflowException | IllegalArgumentException | DateTimeException e) {
            throw new IOException(what + " holds what this release does not know: " + e.getMessage(), e);
        }
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
