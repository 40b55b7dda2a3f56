// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

/**
 * What the calls of a {@link Partition} return instead of a count: all negative, so that success costs one comparison and failing no
 * object.
 */
public final class MediumResult {
    /** Done. */
    public static final long OK = 0;
    /** A filemark is there. */
    public static final long FILEMARK = -1;
    /** Nothing is there: end of data. */
    public static final long END_OF_DATA = -2;
    /** The object's checksum, or that of what describes it, is wrong: it must not be delivered. */
    public static final long DAMAGED = -3;
    /** The storage failed to read or write. */
    public static final long STORAGE_FAILED = -4;
    /** The storage is full: what did not fit is not recorded. */
    public static final long NO_SPACE = -5;
    /** The cartridge, or the storage, is write protected. */
    public static final long WRITE_PROTECTED = -6;
    /** Objects that were written and not synced are lost; see {@link Partition#sync}. */
    public static final long WRITES_LOST = -7;
    /** A bug: the log has it. */
    public static final long INTERNAL = -8;

    private MediumResult() {}
}
