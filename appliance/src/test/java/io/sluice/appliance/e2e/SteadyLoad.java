// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An initiator that writes a block of a LUN and reads it back, again and again, one command at a time, and knows when each ended.
 * Any status but GOOD is a failure, and so is a block that is not what was written last.
 */
final class SteadyLoad implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BLOCK = 512;
    private static final int BLOCKS = 64;

    /** One command, in nanoseconds of {@link System#nanoTime()}. */
    record Span(long begin, long end) {
        long nanos() {
            return end - begin;
        }
    }

    private final int lun;
    private final MiniInitiator initiator;
    private final ConcurrentLinkedQueue<Span> spans = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopped;

    SteadyLoad(RunningSluice sluice, int lun) throws IOException {
        this.lun = lun;
        initiator = new MiniInitiator(sluice.port(), RunningSluice.TARGET, "iqn.2026-11.test:lun" + lun);
        initiator.clearUnitAttentions(lun);
        thread = Thread.ofPlatform().name("load-" + lun).start(this::run);
    }

    private void run() {
        try {
            for (long round = 1; !stopped; round++) {
                byte[] block = block(round);
                require("write", round, command(MiniInitiator.write16(round % BLOCKS, 1), block, 0));
                MiniInitiator.Result read = command(MiniInitiator.read16(round % BLOCKS, 1), new byte[0], BLOCK);
                require("read", round, read);
                if (!Arrays.equals(read.data(), block)) {
                    throw new IOException("round " + round + ": another block came back than was written");
                }
            }
        } catch (IOException e) {
            failure.set("LUN " + lun + ": " + e.getMessage());
        }
    }

    private static byte[] block(long round) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        while (block.hasRemaining()) {
            block.putLong(round * 0x9e3779b97f4a7c15L + block.position());
        }
        return block.array();
    }

    private MiniInitiator.Result command(byte[] cdb, byte[] data, int length) throws IOException {
        long begin = System.nanoTime();
        MiniInitiator.Result result = initiator.command(lun, cdb, data, length);
        spans.add(new Span(begin, System.nanoTime()));
        return result;
    }

    private static void require(String what, long round, MiniInitiator.Result result) throws IOException {
        if (result.status() != 0) {
            throw new IOException("round %d: %s: status %02x, sense key %x, additional sense %04x"
                    .formatted(round, what, result.status(), result.senseKey(), result.additionalSense()));
        }
    }

    int commands() {
        return spans.size();
    }

    /** Waits until so many more commands have ended than by now. */
    void awaitMore(int commands) {
        int wanted = commands() + commands;
        RunningSluice.await(
                commands + " more commands on LUN " + lun,
                PATIENCE,
                () -> failure.get() != null || commands() >= wanted);
        requireNoFailure();
    }

    void requireNoFailure() {
        String why = failure.get();
        if (why != null) {
            throw new AssertionError(why);
        }
    }

    /** The command that took longest of those that had not ended at that time. */
    Span longestSince(long nanoTime) {
        return spans.stream()
                .filter(span -> span.end() >= nanoTime)
                .reduce((one, other) -> one.nanos() >= other.nanos() ? one : other)
                .orElseThrow();
    }

    /** How many commands began and ended within that one. */
    long endedWithin(Span outer) {
        return spans.stream()
                .filter(span -> span.begin() >= outer.begin() && span.end() <= outer.end())
                .count();
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        try {
            thread.join(Duration.ofSeconds(5));
            initiator.close(); // ends a command that is not answered
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
