// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import io.sluice.posix.NativeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are deleted one after another on a thread of their own, which ends with the last of them: to delete a segment of a gibibyte
 * takes tens of milliseconds, and overwriting a full cartridge from its beginning leaves thousands. In steps, because storage may do nothing
 * else while it discards what it is told to: between them it has time for what is written meanwhile, unless somebody waits for the room.
 * Threads: any.
 */
final class Discards {
    private static final Logger LOG = LoggerFactory.getLogger(Discards.class);

    private static final long STEP_BYTES = 8L << 20;
    /** Times as long as the step before took. */
    private static final long PAUSE = 3;

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private final Condition hurry = lock.newCondition();
    /** In the order in which they came, with their sizes. */
    private final LinkedHashMap<Path, Long> waiting = new LinkedHashMap<>();

    private Map.@Nullable Entry<Path, Long> current;
    private boolean running;
    private int waiters;
    private long bytes;
    private long gone;

    /** @param name of whose files they are, for the thread */
    Discards(String name) {
        this.name = name;
    }

    /** Deletes a file, if it is there, and does not wait for it. */
    void add(Path file) {
        long size = size(file);
        lock.lock();
        try {
            Long before = waiting.put(file, size);
            bytes += size - (before == null ? 0 : before);
            if (!running) {
                running = true;
                Thread.ofPlatform().daemon().name(name + "-discards").start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0; // not there, mostly
        }
    }

    /** Bytes of those that are not gone yet. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until another one is gone; false at once if there is none. */
    boolean await() {
        lock.lock();
        try {
            if (waiting.isEmpty() && current == null) {
                return false;
            }
            long before = gone;
            waiting(1);
            while (gone == before && running) {
                change.awaitUninterruptibly();
            }
            waiting(-1);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is none, but not longer than so many nanoseconds; false if there still is one. */
    boolean awaitAll(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            waiting(1);
            while (running && left > 0) {
                left = change.awaitNanos(left);
            }
            return !running;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting(-1);
            lock.unlock();
        }
    }

    /** Somebody waits from now on, or one fewer. */
    private void waiting(int more) {
        waiters += more;
        hurry.signal();
    }

    private void run() {
        Path file = next();
        while (file != null) {
            try {
                shrink(file);
                Files.deleteIfExists(file);
            } catch (IOException e) {
                report(file, e);
            }
            file = next();
        }
    }

    /** Another lease of the folder may have deleted it meanwhile. */
    private static void report(Path file, IOException e) {
        if (Files.exists(file)) {
            LOG.warn("{} keeps its space, though it is of no use any more: {}", file, e.toString());
        }
    }

    private void shrink(Path file) throws IOException {
        long left = size(file);
        if (left <= STEP_BYTES || !isOnlyName(file)) {
            return;
        }
        try (NativeFile shrinking = NativeFile.open(file, NativeFile.Mode.READ_WRITE)) {
            long took = 0;
            while (left > STEP_BYTES && pause(took)) {
                long start = System.nanoTime();
                left -= STEP_BYTES;
                shrinking.truncate(left);
                took = System.nanoTime() - start;
            }
        }
    }

    /** A link to it elsewhere may be somebody's copy of the cartridge. */
    private static boolean isOnlyName(Path file) throws IOException {
        return Integer.valueOf(1).equals(Files.getAttribute(file, "unix:nlink"));
    }

    /** False if somebody waits. */
    private boolean pause(long took) {
        lock.lock();
        try {
            long left = PAUSE * took;
            while (waiters == 0 && left > 0) {
                left = hurry.awaitNanos(left);
            }
            return waiters == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** The file before is gone; null ends the thread. */
    private @Nullable Path next() {
        lock.lock();
        try {
            if (current != null) {
                bytes -= current.getValue();
                gone++;
            }
            current = waiting.pollFirstEntry();
            running = current != null;
            change.signalAll();
            return current == null ? null : current.getKey();
        } finally {
            lock.unlock();
        }
    }
}
