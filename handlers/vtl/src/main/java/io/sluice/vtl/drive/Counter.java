// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

/**
 * Indexes of the counters that log pages show. Pages that are reset apart count apart. The order is that of the state file; add at
 * the end.
 */
final class Counter {
    /** Write error counters (02h). */
    static final int ERROR_PAGE_WRITTEN = 0;

    static final int ERROR_PAGE_WRITE_FAILED = 1;
    /** Read error counters (03h). */
    static final int ERROR_PAGE_READ = 2;

    static final int ERROR_PAGE_READ_FAILED = 3;
    /** Sequential access device (0Ch): bytes from and to initiators, and to and from the medium. */
    static final int FROM_INITIATOR = 4;

    static final int TO_MEDIUM = 5;
    static final int FROM_MEDIUM = 6;
    static final int TO_INITIATOR = 7;
    /** Data compression (1Bh, 32h): the same. */
    static final int COMPRESSION_FROM_INITIATOR = 8;

    static final int COMPRESSION_TO_MEDIUM = 9;
    static final int COMPRESSION_FROM_MEDIUM = 10;
    static final int COMPRESSION_TO_INITIATOR = 11;
    /** Device statistics (14h). */
    static final int LOADS = 12;

    static final int POWER_CYCLES = 13;
    static final int LOADS_SINCE_RESET = 14;
    static final int WRITE_FAILED = 15;
    static final int READ_FAILED = 16;
    /** Volume statistics (17h), since the cartridge came in. */
    static final int MOUNT_WRITTEN = 17;

    static final int MOUNT_TO_MEDIUM = 18;
    static final int MOUNT_READ = 19;
    static final int MOUNT_FROM_MEDIUM = 20;
    static final int MOUNT_WRITE_FAILED = 21;
    static final int MOUNT_READ_FAILED = 22;
    static final int THREADS = 23;

    /** Counters that there may be in the state file. */
    static final int SIZE = 32;

    private Counter() {}
}
