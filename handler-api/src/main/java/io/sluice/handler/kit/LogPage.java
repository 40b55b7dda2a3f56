// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

/** A log page (SPC-5 7.3): writes its parameters in ascending order of their codes. */
public interface LogPage {
    int code();

    default int subpage() {
        return 0;
    }

    /** Writes the parameters as they are now. */
    void write(LogParameters out);

    /** LOG SELECT with PCR: return counters to their defaults. */
    default void reset() {}
}
