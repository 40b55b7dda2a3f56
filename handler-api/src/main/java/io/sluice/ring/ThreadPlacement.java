// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Where a thread runs. Made by that thread and used by it alone. */
public final class ThreadPlacement {
    /** Processors that a mask has room for, as many as Linux can be built for. */
    public static final int MAX_PROCESSORS = 8192;

    private final MemorySegment home = Arena.ofAuto().allocate(MAX_PROCESSORS / 8, 8);
    private final MemorySegment mask = Arena.ofAuto().allocate(MAX_PROCESSORS / 8, 8);

    /** Remembers where the calling thread may run at present. */
    public ThreadPlacement() throws NativeException {
        Linux.getAffinity(home);
    }

    /**
     * Keeps the thread on one processor from now on.
     *
     * @throws NativeException if there is none of that number, or this process may not use it
     */
    public void pin(int processor) throws NativeException {
        if (processor < 0 || processor >= MAX_PROCESSORS) {
            throw new IllegalArgumentException("processor " + processor + ": choose 0 to " + (MAX_PROCESSORS - 1));
        }
        mask.fill((byte) 0);
        mask.set(ValueLayout.JAVA_LONG, processor / 64 * 8L, 1L << (processor % 64));
        Linux.setAffinity(mask, "processor " + processor);
    }

    /** Lets the thread run again where it might at first. */
    public void release() throws NativeException {
        Linux.setAffinity(home, "the processors it had at first");
    }
}
