// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadPlacementTest {
    private static int processors(Arena arena) throws NativeException {
        MemorySegment mask = arena.allocate(ThreadPlacement.MAX_PROCESSORS / 8, 8);
        Linux.getAffinity(mask);
        int count = 0;
        for (int i = 0; i < ThreadPlacement.MAX_PROCESSORS / 64; i++) {
            count += Long.bitCount(mask.getAtIndex(ValueLayout.JAVA_LONG, i));
        }
        return count;
    }

    private static int firstProcessor(Arena arena) throws NativeException {
        MemorySegment mask = arena.allocate(ThreadPlacement.MAX_PROCESSORS / 8, 8);
        Linux.getAffinity(mask);
        for (int i = 0; i < ThreadPlacement.MAX_PROCESSORS; i++) {
            if ((mask.getAtIndex(ValueLayout.JAVA_LONG, i / 64) >>> (i % 64) & 1) != 0) {
                return i;
            }
        }
        throw new AssertionError("no processor at all");
    }

    /** On a thread of its own, so that the test's thread stays free whatever happens. */
    private static void onOtherThread(java.util.concurrent.Callable<Void> test) throws Exception {
        FutureTask<Void> task = new FutureTask<>(test);
        Thread.ofPlatform().start(task);
        task.get();
    }

    @Test
    void shouldKeepItsThreadAndLetItGoAgain() throws Exception {
        onOtherThread(() -> {
            try (Arena arena = Arena.ofConfined()) {
                int before = processors(arena);
                int first = firstProcessor(arena);
                ThreadPlacement placement = new ThreadPlacement();
                placement.pin(first);
                assertThat(processors(arena)).isEqualTo(1);
                assertThat(firstProcessor(arena)).isEqualTo(first);
                placement.release();
                assertThat(processors(arena)).isEqualTo(before);
            }
            return null;
        });
    }

    @Test
    void shouldNameTheProcessorThatThereIsNot() throws Exception {
        onOtherThread(() -> {
            int absent = ThreadPlacement.MAX_PROCESSORS - 1;
            assertThatThrownBy(() -> new ThreadPlacement().pin(absent))
                    .isInstanceOf(NativeException.class)
                    .hasMessageContaining("processor " + absent)
                    .hasMessageContaining("taskset");
            return null;
        });
    }
}
