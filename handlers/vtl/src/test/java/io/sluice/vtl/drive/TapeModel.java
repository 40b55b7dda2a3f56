// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tape does, written from SSC-5 as naively as can be: a list of blocks and marks, and a place in it. It walks where the
 * device computes.
 */
final class TapeModel {
    static final int NONE = -1;
    static final int NO_SENSE = 0;
    static final int ILLEGAL_REQUEST = 5;
    static final int BLANK_CHECK = 8;
    static final int VOLUME_OVERFLOW = 13;

    /**
     * How a command must end.
     *
     * @param key sense key; NONE for GOOD
     * @param code ASC and ASCQ
     * @param flags {@code F}ILEMARK, {@code E}OM, {@code I}LI
     * @param information null if it must not be valid
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Outcome(
            int key, int code, String flags, @Nullable Long information, byte[] data) {
        static Outcome good(byte[] data) {
            return new Outcome(NONE, 0, "", null, data);
        }

        static Outcome good() {
            return good(new byte[0]);
        }

        static Outcome illegal() {
            return new Outcome(ILLEGAL_REQUEST, 0x2400, "", null, new byte[0]);
        }
    }

    private static final byte[] MARK = new byte[0];

    final List<byte[]> objects = new ArrayList<>();
    int position;
    int blockLength;
    private final long capacity;
    private final long warning;

    TapeModel(long capacity) {
        this.capacity = capacity;
        this.warning = capacity - capacity / 4; // of a small medium, which those of the test are
    }

    private static boolean isMark(byte[] object) {
        return object.length == 0;
    }

    private static Outcome mark(long left, byte[] data) {
        return new Outcome(NO_SENSE, 0x0001, "F", left, data);
    }

    private static Outcome endOfData(@Nullable Long left, byte[] data) {
        return new Outcome(BLANK_CHECK, 0x0005, "", left, data);
    }

    private static Outcome beginning(long left, byte[] data) {
        return new Outcome(NO_SENSE, 0x0004, "E", left, data);
    }

    private static Outcome wrongLength(long information, byte[] data) {
        return new Outcome(NO_SENSE, 0x0000, "I", information, data);
    }

    private static byte[] joined(byte[] a, byte[] b, int bytes) {
        byte[] both = java.util.Arrays.copyOf(a, a.length + bytes);
        System.arraycopy(b, 0, both, a.length, bytes);
        return both;
    }

    private static byte[] reversed(byte[] block) {
        byte[] other = new byte[block.length];
        for (int i = 0; i < block.length; i++) {
            other[i] = block[block.length - 1 - i];
        }
        return other;
    }

    /** READ and READ REVERSE; VERIFY is READ whose data nobody sees. */
    Outcome read(boolean fixed, boolean sili, int length, boolean backward, boolean bytesForward) {
        if (fixed && (sili || blockLength == 0)) {
            return Outcome.illegal();
        }
        byte[] data = MARK;
        int blocks = fixed ? length : length == 0 ? 0 : 1;
        for (int i = 0; i < blocks; i++) {
            long left = fixed ? length - i : length;
            if (backward ? position == 0 : position == objects.size()) {
                return backward ? beginning(left, data) : endOfData(left, data);
            }
            byte[] there = objects.get(backward ? position - 1 : position);
            position += backward ? -1 : 1;
            if (isMark(there)) {
                return mark(left, data);
            }
            byte[] block = backward && !bytesForward ? reversed(there) : there;
            int wanted = fixed ? blockLength : length;
            if (block.length == wanted) {
                data = joined(data, block, wanted);
            } else if (fixed) {
                return wrongLength(left, data);
            } else {
                data = joined(data, block, Math.min(wanted, block.length));
                boolean quiet = sili && (block.length < wanted || blockLength == 0);
                return quiet ? Outcome.good(data) : wrongLength((long) wanted - block.length, data);
            }
        }
        return Outcome.good(data);
    }

    private long used(int objectsBefore) {
        long sum = 0;
        for (byte[] object : objects.subList(0, objectsBefore)) {
            sum += MemoryPartition.OVERHEAD + (object.length + 1) / 2;
        }
        return sum;
    }

    private void cut() {
        objects.subList(position, objects.size()).clear();
    }

    Outcome write(boolean fixed, int length, byte[] data) {
        if (fixed && blockLength == 0) {
            return Outcome.illegal();
        }
        int blocks = fixed ? length : length == 0 ? 0 : 1;
        int bytes = fixed ? blockLength : length;
        for (int i = 0; i < blocks; i++) {
            if (used(position) + bytes > capacity) {
                return new Outcome(VOLUME_OVERFLOW, 0x0002, "E", fixed ? (long) length - i : (long) length, MARK);
            }
            cut();
            objects.add(java.util.Arrays.copyOfRange(data, i * bytes, (i + 1) * bytes));
            position++;
        }
        return blocks == 0 ? Outcome.good() : warnedOr();
    }

    private Outcome warnedOr() {
        return used(position) >= warning ? new Outcome(NO_SENSE, 0x0002, "E", 0L, MARK) : Outcome.good();
    }

    Outcome writeFilemarks(int count) {
        if (count == 0) {
            return Outcome.good();
        }
        if (used(position) >= capacity) {
            return new Outcome(VOLUME_OVERFLOW, 0x0002, "E", (long) count, MARK);
        }
        cut();
        for (int i = 0; i < count; i++) {
            objects.add(MARK);
            position++;
        }
        return warnedOr();
    }

    Outcome spaceBlocks(long count) {
        for (long left = Math.abs(count); left > 0; left--) {
            if (count > 0 ? position == objects.size() : position == 0) {
                return count > 0 ? endOfData(left, MARK) : beginning(left, MARK);
            }
            byte[] passed = objects.get(count > 0 ? position : position - 1);
            position += count > 0 ? 1 : -1;
            if (isMark(passed)) {
                return mark(left, MARK);
            }
        }
        return Outcome.good();
    }

    Outcome spaceFilemarks(long count) {
        for (long left = Math.abs(count); left > 0; ) {
            if (count > 0 ? position == objects.size() : position == 0) {
                return count > 0 ? endOfData(left, MARK) : beginning(left, MARK);
            }
            byte[] passed = objects.get(count > 0 ? position : position - 1);
            position += count > 0 ? 1 : -1;
            if (isMark(passed)) {
                left--;
            }
        }
        return Outcome.good();
    }

    Outcome locate(long object) {
        position = (int) Math.min(object, objects.size());
        return object <= objects.size() ? Outcome.good() : endOfData(null, MARK);
    }

    Outcome locateFile(long file) {
        int at = 0;
        for (long before = file; before > 0; before--) {
            while (at < objects.size() && !isMark(objects.get(at))) {
                at++;
            }
            if (at == objects.size()) {
                position = at;
                return endOfData(null, MARK);
            }
            at++;
        }
        position = at;
        return Outcome.good();
    }

    Outcome erase() {
        cut();
        return Outcome.good();
    }

    /** LOGICAL FILE IDENTIFIER. */
    long file() {
        return objects.subList(0, position).stream().filter(TapeModel::isMark).count();
    }

    boolean isPastEarlyWarning() {
        return used(position) >= warning;
    }
}
