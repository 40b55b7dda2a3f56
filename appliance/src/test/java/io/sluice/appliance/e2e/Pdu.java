// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** One iSCSI PDU (RFC 7143 11.2): basic header segment, additional header segments, data segment. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pdu(byte[] header, byte[] additional, byte[] data) {
    static final int HEADER_BYTES = 48;
    static final int LOGIN_REQUEST = 0x03;
    static final int LOGIN_RESPONSE = 0x23;

    static Pdu of(int opcode, int flags) {
        Pdu pdu = new Pdu(new byte[HEADER_BYTES], new byte[0], new byte[0]);
        pdu.header[0] = (byte) opcode;
        pdu.header[1] = (byte) flags;
        return pdu;
    }

    Pdu with(byte[] segment) {
        return new Pdu(header, additional, segment);
    }

    int opcode() {
        return header[0] & 0x3f;
    }

    int flags() {
        return header[1] & 0xff;
    }

    int word(int offset) {
        return ByteBuffer.wrap(header).getInt(offset);
    }

    Pdu word(int offset, int value) {
        ByteBuffer.wrap(header).putInt(offset, value);
        return this;
    }

    String text() {
        return new String(data, StandardCharsets.UTF_8);
    }

    static Pdu read(DataInputStream in, boolean digests) throws IOException {
        byte[] header = new byte[HEADER_BYTES];
        in.readFully(header);
        byte[] additional = new byte[4 * (header[4] & 0xff)];
        in.readFully(additional);
        if (digests) {
            check("header", digest(header, additional), in);
        }
        int length = (header[5] & 0xff) << 16 | (header[6] & 0xff) << 8 | (header[7] & 0xff);
        byte[] padded = new byte[(length + 3) & ~3];
        in.readFully(padded);
        if (digests && length > 0) {
            check("data", digest(padded), in);
        }
        return new Pdu(header, additional, Arrays.copyOf(padded, length));
    }

    void write(OutputStream out, boolean digests) throws IOException {
        byte[] padded = Arrays.copyOf(data, (data.length + 3) & ~3);
        header[4] = (byte) (additional.length / 4);
        header[5] = (byte) (data.length >> 16);
        header[6] = (byte) (data.length >> 8);
        header[7] = (byte) data.length;
        ByteBuffer wire = ByteBuffer.allocate(HEADER_BYTES + additional.length + padded.length + 8);
        wire.put(header).put(additional);
        if (digests) {
            wire.put(digest(header, additional));
        }
        wire.put(padded);
        if (digests && data.length > 0) {
            wire.put(digest(padded));
        }
        out.write(wire.array(), 0, wire.position());
        out.flush();
    }

    private static byte[] digest(byte[]... parts) {
        CRC32C crc = new CRC32C();
        for (byte[] part : parts) {
            crc.update(part);
        }
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .array();
    }

    private static void check(String what, byte[] expected, DataInputStream in) throws IOException {
        byte[] digest = new byte[4];
        in.readFully(digest);
        if (!Arrays.equals(digest, expected)) {
            throw new IOException(
                    what + " digest " + Arrays.toString(digest) + ", computed " + Arrays.toString(expected));
        }
    }
}
