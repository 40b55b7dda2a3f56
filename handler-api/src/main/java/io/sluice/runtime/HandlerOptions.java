// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.ring.Abi;
import java.time.Duration;
import java.util.List;

/**
 * How a handler process runs.
 *
 * @param name of the session, for the gateway's log and for taking over after a crash
 * @param queues queue loops, one thread each
 * @param depth commands per queue, a power of two
 * @param poolBytes data pool, a multiple of 16 MiB
 * @param workers threads that SERIAL and PARALLEL devices share
 * @param grace how long the gateway keeps commands for the process that takes over, up to an hour
 * @param queueCpus processors of the queue loops: loop q keeps to number q modulo their count; none: where the gateway wishes
 *     them, or else where the scheduler puts them
 */
public record HandlerOptions(
        String name, int queues, int depth, long poolBytes, int workers, Duration grace, List<Integer> queueCpus) {
    /** As long as many an initiator waits before it begins to abort. */
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    public HandlerOptions {
        queueCpus = List.copyOf(queueCpus);
        if (queues < 1 || queues > 64) {
            throw new IllegalArgumentException("queues " + queues + ": choose from 1 to 64");
        }
        if (depth < 2 || depth > 4096 || Integer.bitCount(depth) != 1) {
            throw new IllegalArgumentException("depth " + depth + ": choose a power of two from 2 to 4096");
        }
        if (poolBytes < 16 << 20 || poolBytes % (16 << 20) != 0) {
            throw new IllegalArgumentException("pool " + poolBytes + " bytes: choose a multiple of 16 MiB");
        }
        if (workers < 1) {
            throw new IllegalArgumentException("workers " + workers + ": choose 1 or more");
        }
        if (grace.isNegative() || grace.isZero() || grace.toNanos() > Abi.GRACE_MAX_NS) {
            throw new IllegalArgumentException("grace " + grace + ": choose more than nothing, up to an hour");
        }
    }

    /** With the default grace. */
    public HandlerOptions(String name, int queues, int depth, long poolBytes, int workers) {
        this(name, queues, depth, poolBytes, workers, DEFAULT_GRACE);
    }

    /** With a grace, and the queue loops anywhere. */
    public HandlerOptions(String name, int queues, int depth, long poolBytes, int workers, Duration grace) {
        this(name, queues, depth, poolBytes, workers, grace, List.of());
    }

    /** The same with the queue loops on these processors. */
    public HandlerOptions onCpus(List<Integer> cpus) {
        return new HandlerOptions(name, queues, depth, poolBytes, workers, grace, cpus);
    }

    /** For this machine: a queue per two processors up to four, and workers for devices that wait for storage. */
    public static HandlerOptions defaults(String name) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new HandlerOptions(name, Math.clamp(processors / 2, 1, 4), 256, 256L << 20, Math.max(4, 2 * processors));
    }
}
