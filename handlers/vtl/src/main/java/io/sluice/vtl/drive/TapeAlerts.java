// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

/** TapeAlert flags (SSC-5 annex A), those that can come true here. A flag stays up until it is read or another cartridge comes. */
final class TapeAlerts {
    static final int HARD_ERROR = 3;
    static final int READ_FAILURE = 5;
    static final int WRITE_FAILURE = 6;
    static final int WRITE_PROTECT = 9;
    static final int NO_REMOVAL = 10;
    static final int UNSUPPORTED_FORMAT = 12;
    static final int LOAD_FAILURE = 18;

    /** Flags that there are: 1 to 64. */
    static final int FLAGS = 64;

    /** All that are ever raised, as {@link #all} has them. */
    static final long SUPPORTED = bit(HARD_ERROR)
            | bit(READ_FAILURE)
            | bit(WRITE_FAILURE)
            | bit(WRITE_PROTECT)
            | bit(NO_REMOVAL)
            | bit(UNSUPPORTED_FORMAT)
            | bit(LOAD_FAILURE);

    private final DriveState state;

    TapeAlerts(DriveState state) {
        this.state = state;
    }

    private static long bit(int flag) {
        return 1L << (FLAGS - flag);
    }

    void raise(int flag) {
        state.alerts |= bit(flag);
        state.raised |= bit(flag);
    }

    boolean isUp(int flag) {
        return (state.alerts >>> (FLAGS - flag) & 1) != 0;
    }

    void clear() {
        state.alerts = 0;
    }

    /** All flags, flag 1 in the highest bit: parameter 0000h of log page 12h. */
    long all() {
        return state.alerts;
    }
}
