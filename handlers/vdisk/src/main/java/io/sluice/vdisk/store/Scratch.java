// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A thread's own aligned buffer for data that passes through and goes to nobody, as in VERIFY. Taken on first use. */
public final class Scratch {
    public static final int BYTES = 1 << 20;

    private static final ThreadLocal<MemorySegment> BUFFER =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(BYTES, 4096));

    private Scratch() {}

    /** {@link #BYTES} bytes with any content; the next call of this thread may be given the same. */
    public static MemorySegment buffer() {
        return BUFFER.get();
    }
}
