// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Where a thread runs. */
public final class ThreadPlacement {
    /** Processors that a mask has room for; the kernel's own default limit on x86-64 is as large. */
    public static final int MAX_PROCESSORS = 8192;

    private ThreadPlacement() {}

    /**
     * Keeps the calling thread on one processor from now on.
     *
     * @throws NativeException if there is none of that number, or this process may not use it
     */
    public static void pin(int processor) throws NativeException {
        if (processor < 0 || processor >= MAX_PROCESSORS) {
            throw new IllegalArgumentException("processor " + processor + ": choose 0 to " + (MAX_PROCESSORS - 1));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MAX_PROCESSORS / 8, 8);
            long offset = processor / 64 * 8L;
            mask.set(ValueLayout.JAVA_LONG, offset, 1L << (processor % 64));
            Linux.setAffinity(mask, "processor " + processor);
        }
    }
}
