// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What waiting cost one queue. Its loop alone writes, with opaque stores; meters read with opaque loads. Padded on both
 * sides, so that a neighbour on the heap costs the loop nothing.
 */
public final class WaitStatistics {
    private static final VarHandle ENTERS = handle("enters");
    private static final VarHandle SPINS = handle("spins");
    private static final VarHandle YIELDS = handle("yields");
    private static final VarHandle SLEEPS = handle("sleeps");
    private static final VarHandle WAKES = handle("wakes");

    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    private long enters;
    private long spins;
    private long yields;
    private long sleeps;
    private long wakes;

    @SuppressWarnings("unused")
    private long q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;

    WaitStatistics() {}

    private static VarHandle handle(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(WaitStatistics.class, field, long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @HotPath
    void entered() {
        ENTERS.setOpaque(this, enters + 1);
    }

    @HotPath
    void spun() {
        SPINS.setOpaque(this, spins + 1);
    }

    @HotPath
    void yielded() {
        YIELDS.setOpaque(this, yields + 1);
    }

    @HotPath
    void slept() {
        SLEEPS.setOpaque(this, sleeps + 1);
    }

    @HotPath
    void woke() {
        WAKES.setOpaque(this, wakes + 1);
    }

    /** Calls of {@link Transport#enter}. */
    public long enters() {
        return (long) ENTERS.getOpaque(this);
    }

    /** Waits that began with spinning. */
    public long spins() {
        return (long) SPINS.getOpaque(this);
    }

    /** Waits in which the processor was given away. */
    public long yields() {
        return (long) YIELDS.getOpaque(this);
    }

    /** Waits that ended in a futex. */
    public long sleeps() {
        return (long) SLEEPS.getOpaque(this);
    }

    /** Times the gateway had to be woken. */
    public long wakes() {
        return (long) WAKES.getOpaque(this);
    }
}
