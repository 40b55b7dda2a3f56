// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record as it lies in the journal, big-endian:
 *
 * <pre>
 *   0   length u32      of ordinal and record, bytes
 *   4   checksum u32    CRC32C of ordinal and record
 *   8   ordinal u64     counts the records of a file from 0
 *   16  record          type and payload
 * </pre>
 */
final class JournalFrame {
    private static final int HEAD = 8;
    private static final int ORDINAL = 8;
    private static final int MAX_LENGTH = 1 << 20;

    private JournalFrame() {}

    static byte[] encode(long ordinal, byte[] record) {
        ByteBuffer out = ByteBuffer.allocate(HEAD + ORDINAL + record.length);
        out.putInt(ORDINAL + record.length).putInt(0).putLong(ordinal).put(record);
        out.putInt(4, checksum(out.array(), HEAD, ORDINAL + record.length));
        return out.array();
    }

    /** The frame at {@code at}, if a whole one with this ordinal and a right checksum is there; null otherwise. */
    static @Nullable ByteBuffer decode(byte[] journal, int at, long ordinal) {
        int length = length(journal, at);
        if (length < 0 || ByteBuffer.wrap(journal).getLong(at + HEAD) != ordinal || !isWhole(journal, at, length)) {
            return null;
        }
        return ByteBuffer.wrap(journal, at + HEAD + ORDINAL, length - ORDINAL);
    }

    /** Bytes that a frame's record takes, with what is around it. */
    static int size(ByteBuffer record) {
        return HEAD + ORDINAL + record.remaining();
    }

    /** Does a whole frame with a higher ordinal begin anywhere behind {@code from}? Then what is at {@code from} is no torn end. */
    static boolean followedByRecord(byte[] journal, int from, long ordinal) {
        for (int at = from + 1; at + HEAD + ORDINAL < journal.length; at++) {
            int length = length(journal, at);
            if (length >= 0 && isWhole(journal, at, length)) {
                return ByteBuffer.wrap(journal).getLong(at + HEAD) > ordinal;
            }
        }
        return false;
    }

    private static int length(byte[] journal, int at) {
        if (at + HEAD + ORDINAL >= journal.length) {
            return -1;
        }
        int length = ByteBuffer.wrap(journal).getInt(at);
        boolean fits = length > ORDINAL && length <= MAX_LENGTH && length <= journal.length - at - HEAD;
        return fits ? length : -1;
    }

    private static boolean isWhole(byte[] journal, int at, int length) {
        return checksum(journal, at + HEAD, length) == ByteBuffer.wrap(journal).getInt(at + 4);
    }

    private static int checksum(byte[] bytes, int from, int count) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, from, count);
        return (int) checksum.getValue();
    }
}
