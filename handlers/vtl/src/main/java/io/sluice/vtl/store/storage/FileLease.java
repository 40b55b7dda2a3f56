// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import io.sluice.posix.NativeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a folder, and what its holder has to write with beside its own turn: a thread, and memory for one object at a time. Threads:
 * those of the folder's objects.
 */
final class FileLease implements StorageSpace.Lease {
    /** More than wait unless storage hangs; then those that wait do, late, what further ones would. */
    private static final int TASKS = 64;

    private final Path folder;
    private final NativeFile lock;
    private @Nullable ThreadPoolExecutor writer;
    private @Nullable BufferMemory memory;
    private boolean triedMemory;
    private boolean lent;

    /** Takes over the file that is locked, and what a process that had it before may have left. */
    FileLease(Path folder, NativeFile lock) throws IOException {
        this.folder = folder;
        this.lock = lock;
        BufferMemory.recover(folder);
    }

    /**
     * The thread. It starts when it is first asked for: not on a thread that is kept to one processor, because it would be kept there, too, in
     * the way of what asked for it.
     */
    synchronized Executor writer() {
        if (writer == null) {
            writer = new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(TASKS),
                    Thread.ofPlatform()
                            .daemon()
                            .name(folder.getFileName() + "-writer")
                            .factory(),
                    new ThreadPoolExecutor.DiscardPolicy());
            writer.prestartCoreThread();
        }
        return writer;
    }

    /** The memory, until it is given {@link #back}; none if another object has it, or the machine has none. */
    synchronized @Nullable BufferMemory memory() {
        if (lent) {
            return null;
        }
        if (!triedMemory) {
            triedMemory = true;
            memory = BufferMemory.make(folder);
        }
        lent = memory != null;
        return memory;
    }

    /** The memory is for another object. */
    synchronized void back() {
        lent = false;
    }

    @Override
    public synchronized void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
        if (memory != null) {
            memory.close();
        }
        lock.close();
    }
}
