// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

/**
 * The result of a store's call in one {@code long}, so that failing costs no object either.
 *
 * <pre>
 *   bit 63      62..56             55..0
 *   +--------+------------------+-------------------------------+
 *   | failed | StoreFailure     | bytes done before the failure |
 *   +--------+------------------+-------------------------------+
 * </pre>
 */
public final class Outcome {
    public static final long OK = 0;

    private static final int FAILURE_SHIFT = 56;
    private static final long DONE_MASK = (1L << FAILURE_SHIFT) - 1;
    private static final StoreFailure[] FAILURES = StoreFailure.values();

    private Outcome() {}

    @SuppressWarnings("EnumOrdinal") // both ends are in this class, and nothing is kept
    public static long failed(StoreFailure failure, long bytesDone) {
        return Long.MIN_VALUE | ((long) failure.ordinal() << FAILURE_SHIFT) | (bytesDone & DONE_MASK);
    }

    public static boolean isOk(long outcome) {
        return outcome >= 0;
    }

    /** Meaningful only if not {@link #isOk}. */
    @SuppressWarnings("EnumOrdinal")
    public static StoreFailure failure(long outcome) {
        return FAILURES[(int) (outcome >>> FAILURE_SHIFT) & 0x7f];
    }

    /** Meaningful only if not {@link #isOk}. */
    public static long bytesDone(long outcome) {
        return outcome & DONE_MASK;
    }

    /** The same failure, seen from {@code bytes} earlier. */
    public static long after(long bytes, long outcome) {
        return isOk(outcome) ? outcome : failed(failure(outcome), bytesDone(outcome) + bytes);
    }
}
