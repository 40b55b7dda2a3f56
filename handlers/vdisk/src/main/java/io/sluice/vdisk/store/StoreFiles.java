// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import io.sluice.posix.Errno;
import io.sluice.posix.FileLock;
import io.sluice.posix.FileShape;
import io.sluice.posix.NativeException;
import io.sluice.posix.NativeFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens, and if need be creates, the file behind a {@link FileStore} or {@link DirectStore}. */
public final class StoreFiles {
    /** What a page needs at most, and what O_DIRECT asks for at worst. */
    private static final int SAFE_ALIGNMENT = 4096;

    private StoreFiles() {}

    /**
     * Which file, and how.
     *
     * @param size bytes; 0 takes the size of the file, which then must exist
     * @param blockSize bytes of a logical block; the size is a multiple
     * @param thin leave holes; else all space is taken at once
     */
    public record Request(Path path, long size, int blockSize, boolean readOnly, boolean thin, boolean direct) {}

    /**
     * Opens for one user: the lock keeps out other devices and processes that would write. A read-only device takes no lock,
     * since it can harm nobody.
     *
     * @throws IOException with path and remedy
     */
    public static BlockStore open(Request request) throws IOException {
        boolean create = mustCreate(request);
        NativeFile file = openOrCreate(request, create);
        try {
            FileShape shape = FileShape.of(file);
            if (!request.readOnly()) {
                lock(file);
            }
            long size = settleSize(file, shape, request);
            FileStore cached = new FileStore(file, shape, size);
            BlockStore store = request.direct() ? openDirect(cached, size, request) : cached;
            if (create) {
                syncFolder(request.path());
            }
            return store;
        } catch (IOException | RuntimeException e) {
            file.close();
            if (create) {
                Files.deleteIfExists(request.path());
            }
            throw e;
        }
    }

    /** A power cut after the first GOOD must not take the file itself away. */
    private static void syncFolder(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static boolean mustCreate(Request request) throws IOException {
        Path path = request.path();
        boolean create = !Files.exists(path);
        if (create && request.readOnly()) {
            throw new IOException(
                    path + " does not exist, and a read_only disk does not create it: correct path, or put the"
                            + " file there");
        }
        if (create && request.size() == 0) {
            throw new IOException(path + " does not exist: give size to have it created, or correct path");
        }
        return create;
    }

    private static NativeFile openOrCreate(Request request, boolean create) throws IOException {
        NativeFile.Mode mode = request.readOnly() ? NativeFile.Mode.READ_ONLY : NativeFile.Mode.READ_WRITE;
        return NativeFile.open(request.path(), create ? NativeFile.Mode.CREATE : mode);
    }

    private static void lock(NativeFile file) throws IOException {
        try {
            FileLock.acquire(file);
        } catch (NativeException e) {
            if (e.errno() == Errno.EAGAIN) {
                throw new IOException(
                        file.path()
                                + " is in use by another device or process: give each disk a file of its own, or set"
                                + " read_only = true for a second view (lslocks shows who has it)",
                        e);
            }
            throw e;
        }
    }

    private static long settleSize(NativeFile file, FileShape shape, Request request) throws IOException {
        long has = file.size();
        long wanted = request.size() == 0 ? has : request.size();
        if (wanted % request.blockSize() != 0 || wanted == 0) {
            throw new IOException(file.path() + " has " + wanted + " bytes, which is no whole number of blocks of "
                    + request.blockSize() + ": give size, or make the file longer");
        }
        boolean fresh = has == 0 && shape.regular() && !request.readOnly();
        if (has != wanted && !fresh) {
            throw new IOException(file.path() + " has " + has + " bytes but size asks for " + wanted
                    + ": leave size out to take the file's, or resize the disk");
        }
        if (fresh) {
            file.truncate(wanted);
        }
        if (!request.thin() && !request.readOnly() && shape.regular()) {
            file.allocate(0, wanted);
        }
        return wanted;
    }

    /** The caller's file stays open beside it, for what O_DIRECT does not matter to. */
    private static DirectStore openDirect(FileStore cached, long size, Request request) throws IOException {
        NativeFile.Mode mode = request.readOnly() ? NativeFile.Mode.READ_ONLY : NativeFile.Mode.READ_WRITE;
        NativeFile direct;
        try {
            direct = NativeFile.open(request.path(), mode.withDirect(true));
        } catch (NativeException e) {
            if (e.errno() == Errno.EINVAL) {
                throw new IOException(
                        request.path()
                                + ": its file system refuses O_DIRECT: move it to ext4, xfs or a block device, or"
                                + " use backend = \"file\"",
                        e);
            }
            throw e;
        }
        FileShape shape = FileShape.of(direct);
        int unit = shape.directOffsetAlignment() == 0 ? SAFE_ALIGNMENT : shape.directOffsetAlignment();
        int memory = shape.directMemoryAlignment() == 0 ? SAFE_ALIGNMENT : shape.directMemoryAlignment();
        if (size % unit != 0 || unit > DirectStore.BOUNCE_BYTES) {
            direct.close();
            throw new IOException(request.path() + " has " + size + " bytes, and O_DIRECT works in units of " + unit
                    + " there: make the size a multiple, or use backend = \"file\"");
        }
        return new DirectStore(direct, cached, unit, memory);
    }
}
