// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads element status data as an initiator does, by what SMC-3 6.11.2 says of them, and complains about anything odd. */
final class ElementStatusDecoder {
    /** A descriptor. */
    record Status(
            int address,
            int type,
            int flags,
            int exception,
            boolean sourceValid,
            int source,
            String tag,
            String drive) {
        boolean isFull() {
            return (flags & 1) != 0;
        }
    }

    /** All of it. */
    record Report(int first, int count, int bytes, List<Status> elements) {}

    private ElementStatusDecoder() {}

    /** Descriptors that are cut off are left out. */
    static Report decode(byte[] data) {
        ByteBuffer in = ByteBuffer.wrap(data);
        int first = in.getShort() & 0xFFFF;
        int count = in.getShort() & 0xFFFF;
        int bytes = in.getInt();
        require(bytes >>> 24 == 0, "reserved byte of the header");
        List<Status> elements = new ArrayList<>();
        while (in.remaining() >= 8) {
            int type = in.get();
            int flags = in.get() & 0xFF;
            int length = in.getShort() & 0xFFFF;
            int pageBytes = in.getInt();
            require(
                    (flags & 0x7F) == 0 && pageBytes >>> 24 == 0,
                    "page header before byte %d: type %d, flags %Xh, %d bytes"
                            .formatted(in.position(), type, flags, pageBytes));
            require(length > 0 && pageBytes % length == 0, "byte count of a page");
            for (int left = pageBytes / length; left > 0; left--) {
                if (in.remaining() < length) {
                    return new Report(first, count, bytes, elements);
                }
                byte[] descriptor = new byte[length];
                in.get(descriptor);
                elements.add(status(type, (flags & 0x80) != 0, ByteBuffer.wrap(descriptor)));
            }
        }
        return new Report(first, count, bytes, elements);
    }

    private static Status status(int type, boolean tags, ByteBuffer in) {
        int address = in.getShort() & 0xFFFF;
        int flags = in.get() & 0xFF;
        in.get();
        int exception = in.getShort() & 0xFFFF;
        in.getShort();
        in.get();
        int nine = in.get() & 0xFF;
        int source = in.getShort() & 0xFFFF;
        String tag = "";
        if (tags) {
            byte[] volume = new byte[36];
            in.get(volume);
            boolean none = HexFormat.of().formatHex(volume).matches("0*");
            tag = none ? "" : new String(volume, 0, 32, StandardCharsets.US_ASCII).strip();
        }
        int codeSet = in.get();
        int identifierType = in.get();
        in.get();
        int length = in.get() & 0xFF;
        String drive = "";
        if (length > 0) {
            require(codeSet == 2 && identifierType == 1, "designator of a drive");
            byte[] identifier = new byte[length];
            in.get(identifier);
            drive = new String(identifier, StandardCharsets.US_ASCII);
        }
        return new Status(address, type, flags, exception, (nine & 0x80) != 0, source, tag, drive);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
