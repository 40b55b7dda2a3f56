// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;

/** The system calls on the module's device that move commands (abi.h section 5). */
interface RingCalls {
    /**
     * Gives the answers of a ring, waits for entries of it.
     *
     * @param enter address of a {@code struct sluice_enter}
     * @return how many there are; 0: the time is over, or somebody woke; -1: interrupted, another thread is in it, or the session
     *     is over, as the control page says
     */
    @HotPath
    int enter(long enter);

    /** Makes who sleeps in {@link #enter} for that queue return, or the next one not sleep. */
    @HotPath
    void wake(int queue);

    void close();
}
