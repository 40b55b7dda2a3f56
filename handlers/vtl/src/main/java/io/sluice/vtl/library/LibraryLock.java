// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps other processes from a library; it ends with this process, however that ends. Another process gets a while to end: one that
 * hands over has closed its devices, and may still have an operator's command that uses the library.
 */
final class LibraryLock implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final FileChannel channel;

    private LibraryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock, and waits 15 s for another process to let go of it.
     *
     * @throws IOException if another process keeps it, or this one has it through another path
     */
    static LibraryLock acquire(Path file) throws IOException {
        return acquire(file, PATIENCE);
    }

    /** The same with a patience of the caller's. */
    static LibraryLock acquire(Path file, Duration patience) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (!lock(channel, patience)) {
                throw new IOException(file.getParent() + ": the library is in use by " + holder(file)
                        + ": all devices of a library belong to one handler process; stop the other one first");
            }
            channel.truncate(0);
            String owner = "process " + ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.US_ASCII)));
            return new LibraryLock(channel);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    private static boolean lock(FileChannel channel, Duration patience) throws IOException {
        long start = System.nanoTime();
        try {
            while (channel.tryLock() == null) {
                if (System.nanoTime() - start >= patience.toNanos()) {
                    return false;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            return true;
        } catch (OverlappingFileLockException thisProcess) {
            return false;
        }
    }

    private static String holder(Path file) throws IOException {
        String holder = Files.readString(file, StandardCharsets.US_ASCII).strip();
        return holder.isEmpty() ? "another process" : holder;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
