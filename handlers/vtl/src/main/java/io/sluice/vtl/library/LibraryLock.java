// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps other processes from a library; it ends with this process, however that ends. */
final class LibraryLock implements Closeable {
    private final FileChannel channel;

    private LibraryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws IOException if another process has it, or this one through another path
     */
    static LibraryLock acquire(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) == null) {
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

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException thisProcess) {
            return null;
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
