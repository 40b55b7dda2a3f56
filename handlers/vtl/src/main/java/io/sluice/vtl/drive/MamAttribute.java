// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.scsi.ParameterWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An attribute of the medium auxiliary memory as READ ATTRIBUTE returns it (SPC-5 7.4.1).
 *
 * @param value not empty; nobody changes it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record MamAttribute(int identifier, boolean readOnly, int format, byte[] value) {
    static final int BINARY = 0;
    static final int ASCII = 1;
    static final int TEXT = 2;

    /** What comes before a value. */
    static final int HEADER_BYTES = 5;

    private static final int READ_ONLY = 0x80;

    /** The drive's own: a number of 1 to 8 bytes. */
    static MamAttribute number(int identifier, int bytes, long value) {
        byte[] all = ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        return new MamAttribute(identifier, true, BINARY, Arrays.copyOfRange(all, Long.BYTES - bytes, Long.BYTES));
    }

    /** The drive's own: text, padded with spaces. */
    static MamAttribute ascii(int identifier, int bytes, String text) {
        byte[] value = new byte[bytes];
        Arrays.fill(value, (byte) ' ');
        byte[] given = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(given, 0, value, 0, Math.min(bytes, given.length));
        return new MamAttribute(identifier, true, ASCII, value);
    }

    void write(ParameterWriter out) {
        out.u16(identifier)
                .u8((readOnly ? READ_ONLY : 0) | format)
                .u16(value.length)
                .bytes(value);
    }
}
