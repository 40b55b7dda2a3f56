// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.HotPath;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one queue did for one device. The queue's loop alone writes, with opaque stores; meters read with opaque loads.
 *
 * <p>Latency is from the moment the loop took the command to the moment it published the answer, with its batch. Bucket {@code b} counts those
 * below {@code 2^(b+10)} nanoseconds: 1 µs, 2 µs, ... ; the last one counts the rest.
 */
final class CommandCounters {
    static final int BUCKETS = 24;
    static final int FIRST_BUCKET_BITS = 10;
    /** Status codes are multiples of two up to 40h; one slot for each of the eight, and the ninth for others. */
    static final int STATUS_SLOTS = 9;

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int TAKEN = 8; // a cache line from the array's header
    private static final int ENDED = 9;
    private static final int BYTES_IN = 10;
    private static final int BYTES_OUT = 11;
    private static final int NANOS = 12;
    private static final int HISTOGRAM = 16;
    private static final int LENGTH = HISTOGRAM + BUCKETS + 16;

    private final long[] cells = new long[LENGTH];
    private final long[] byOpcode = new long[256 * STATUS_SLOTS + 16];

    @HotPath
    private static void add(long[] array, int index, long amount) {
        ELEMENT.setOpaque(array, index, array[index] + amount);
    }

    private static long read(long[] array, int index) {
        return (long) ELEMENT.getOpaque(array, index);
    }

    @HotPath
    void taken() {
        add(cells, TAKEN, 1);
    }

    /** So many commands of one kind ended, after {@code nanos} each, with {@code bytes} altogether. */
    @HotPath
    void ended(int count, int opcode, int status, int direction, long bytes, long nanos) {
        add(byOpcode, opcode * STATUS_SLOTS + slot(status), count);
        if (bytes != 0) {
            add(cells, direction == 1 ? BYTES_OUT : BYTES_IN, bytes);
        }
        add(cells, NANOS, count * nanos);
        int bucket = 64 - Long.numberOfLeadingZeros(nanos >>> FIRST_BUCKET_BITS);
        add(cells, HISTOGRAM + Math.min(bucket, BUCKETS - 1), count);
        add(cells, ENDED, count); // last: who finds taken equal to ended knows that its writer is done
    }

    @HotPath
    static int slot(int status) {
        return switch (status) {
            case 0x00 -> 0;
            case 0x02 -> 1;
            case 0x04 -> 2;
            case 0x08 -> 3;
            case 0x18 -> 4;
            case 0x28 -> 5;
            case 0x30 -> 6;
            case 0x40 -> 7;
            default -> 8;
        };
    }

    long takenCount() {
        return read(cells, TAKEN);
    }

    long endedCount() {
        return read(cells, ENDED);
    }

    long bytesIn() {
        return read(cells, BYTES_IN);
    }

    long bytesOut() {
        return read(cells, BYTES_OUT);
    }

    long nanos() {
        return read(cells, NANOS);
    }

    long bucket(int bucket) {
        return read(cells, HISTOGRAM + bucket);
    }

    long count(int opcode, int statusSlot) {
        return read(byOpcode, opcode * STATUS_SLOTS + statusSlot);
    }
}
