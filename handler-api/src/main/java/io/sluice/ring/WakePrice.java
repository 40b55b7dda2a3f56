// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Measures what it costs on this machine to wake a thread that sleeps on a futex: once per process, in milliseconds. */
final class WakePrice {
    private static final int ROUNDS = 40;
    private static final long MIN_NANOS = 2_000;
    private static final long MAX_NANOS = 50_000;

    private WakePrice() {}

    private static final class Holder {
        private static final long NANOS = measure();
    }

    /** Nanoseconds, between 2 and 50 microseconds; 0 with one processor, where spinning only delays the other side. */
    static long nanos() {
        return Holder.NANOS;
    }

    private static long measure() {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return 0;
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment word = arena.allocate(64, 64);
            MemorySegment timespec = arena.allocate(16, 8);
            timespec.set(ValueLayout.JAVA_LONG, 8, 10_000_000L);
            long[] woken = new long[1];
            Thread sleeper = Thread.ofPlatform()
                    .daemon()
                    .name("sluice-wake-price")
                    .start(() -> {
                        for (int round = 1; round <= ROUNDS; round++) {
                            while (Layout.loadAcquire(word, 0) < round) {
                                Linux.futexWait(word.address(), round - 1, timespec.address());
                            }
                            woken[0] = System.nanoTime();
                            Layout.storeRelease(word, 32, round);
                        }
                    });
            long[] samples = new long[ROUNDS];
            for (int round = 1; round <= ROUNDS; round++) {
                Thread.sleep(0, 100_000); // lets it fall asleep
                long start = System.nanoTime();
                Layout.storeVolatile(word, 0, round);
                Linux.futexWake(word.address());
                while (Layout.loadAcquire(word, 32) < round) {
                    Thread.onSpinWait();
                }
                samples[round - 1] = woken[0] - start;
            }
            sleeper.join();
            Arrays.sort(samples);
            return Math.clamp(samples[ROUNDS / 2], MIN_NANOS, MAX_NANOS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return MIN_NANOS;
        }
    }
}
