// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.vdisk.store.StoreFailure;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells the operator what initiators see as sense data: one line per kind of failure and episode. An episode lasts as long as
 * failures of its kind follow each other within {@link #QUIET}; so a disk that is full for a week, with initiators that try again and
 * again, writes one line. Any thread; nothing is done for a command that succeeds.
 */
final class FailureLog {
    /** Without failures of a kind for so long, the next one begins another episode. */
    static final Duration QUIET = Duration.ofMinutes(1);

    /** Of one kind: when it failed last, and how often since its episode's line. */
    private static final class Episode {
        private long lastNanos;
        private long failures;
    }

    private final String device;
    private final String place;
    private final Consumer<String> log;
    private final LongSupplier nanoTime;
    private final Map<StoreFailure, Episode> episodes = new EnumMap<>(StoreFailure.class); // guarded by this

    /**
     * @param device its name in the configuration
     * @param place the file, or what stands for one
     */
    FailureLog(String device, String place, Consumer<String> log, LongSupplier nanoTime) {
        this.device = device;
        this.place = place;
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /**
     * A command failed.
     *
     * @param offset where in the store, bytes; -1 if nobody knows
     */
    synchronized void failed(StoreFailure kind, long offset) {
        long now = nanoTime.getAsLong();
        Episode episode = episodes.get(kind);
        if (episode == null) {
            episode = new Episode();
            episodes.put(kind, episode);
        } else if (now - episode.lastNanos < QUIET.toNanos()) {
            episode.lastNanos = now;
            episode.failures++;
            return;
        }
        String before = episode.failures > 1 ? " (the last time " + episode.failures + " commands failed)" : "";
        episode.lastNanos = now;
        episode.failures = 1;
        String at = offset < 0 ? "" : ", byte " + offset;
        log.accept("device " + device + ": " + place + at + ": " + describe(kind) + before);
    }

    private static String describe(StoreFailure kind) {
        return switch (kind) {
            case NO_SPACE ->
                "no space left, writes end DATA PROTECT, SPACE ALLOCATION FAILED (27/07): make room on its file system"
                        + " (quotas count), or let initiators UNMAP what they do not need; writing goes on by itself then";
            case MEDIUM ->
                "the medium failed, commands end MEDIUM ERROR: see the kernel's log (dmesg), and copy the disk to another"
                        + " medium while it can be read";
            case WRITE_PROTECTED ->
                "the store turned read-only, writes end DATA PROTECT (27/01): see why its file system was remounted"
                        + " (dmesg), and its permissions";
            case BEYOND_END ->
                "the file is shorter than the disk, commands end MEDIUM ERROR: somebody cut it; restore it, or shrink the"
                        + " disk with `sluice disk resize`";
            case WRITES_LOST ->
                "writes that were reported good are lost, flushes end MEDIUM ERROR (0C/00): see the kernel's log (dmesg);"
                        + " initiators have to write again what they wrote since their last SYNCHRONIZE CACHE";
            case INTERNAL ->
                "a failure that the disk cannot explain, commands end HARDWARE ERROR (44/00): report it with the"
                        + " appliance's log";
        };
    }
}
