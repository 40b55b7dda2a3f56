// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import io.sluice.posix.Errno;
import io.sluice.posix.FileLock;
import io.sluice.posix.NativeException;
import io.sluice.posix.NativeFile;
import io.sluice.vtl.medium.MediumResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder. Its file {@code lock} is there for the lease only, and the link {@code buffer} for {@link BufferMemory}. */
final class FileSpace implements StorageSpace {
    private static final Logger LOG = LoggerFactory.getLogger(FileSpace.class);
    private static final String LOCK = "lock";
    private static final String BESIDE = ".new";
    /** Files that are being deleted, each with a name that nothing else ever has. */
    private static final String DISCARDED = "discarded-";

    private final Path root;
    private final Path folder;
    private final Discards discards;
    private volatile @Nullable FileLease lease;

    FileSpace(Path root, String name) {
        this.root = root;
        this.folder = root.resolve(name);
        this.discards = new Discards(name);
    }

    @Override
    public String name() {
        return folder.getFileName().toString();
    }

    @Override
    public void make() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            syncFolder(root);
        }
    }

    @Override
    public void remove() throws IOException {
        for (String object : list()) {
            delete(object);
        }
        for (String name : discarded()) {
            delete(name);
        }
        Files.deleteIfExists(folder.resolve(LOCK));
        Files.deleteIfExists(folder);
        syncFolder(root);
    }

    /** A file that was to replace another and did not come so far is an object, too: its user deletes what it does not know. */
    @Override
    public List<String> list() throws IOException {
        return files(name -> !name.equals(LOCK) && !name.equals(BufferMemory.LINK) && !name.startsWith(DISCARDED));
    }

    private List<String> files(Predicate<String> wanted) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(wanted)
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public StorageObject open(String name, boolean writable) throws IOException {
        NativeFile file;
        try {
            file = NativeFile.open(
                    folder.resolve(name), writable ? NativeFile.Mode.READ_WRITE : NativeFile.Mode.READ_ONLY);
        } catch (NativeException e) {
            throw e.errno() == Errno.ENOENT ? missing(name, e) : e;
        }
        return opened(file, writable ? lease : null);
    }

    @Override
    public StorageObject create(String name) throws IOException {
        Path path = folder.resolve(name);
        delete(name);
        try {
            StorageObject made = opened(NativeFile.open(path, NativeFile.Mode.CREATE), lease);
            syncFolder(folder);
            return made;
        } catch (NativeException e) {
            throw fullOrOther(e);
        }
    }

    @Override
    public void replace(String name, MemorySegment content, long bytes) throws IOException {
        Path beside = folder.resolve(name + BESIDE);
        Files.deleteIfExists(beside);
        try (NativeFile file = NativeFile.open(beside, NativeFile.Mode.CREATE)) {
            if (file.write(content.address(), bytes, 0, false) != bytes) {
                throw new NativeException("write", beside.toString(), NativeFile.lastErrno());
            }
            if (!file.sync()) {
                throw new NativeException("fdatasync", beside.toString(), NativeFile.lastErrno());
            }
        } catch (NativeException e) {
            Files.deleteIfExists(beside);
            throw fullOrOther(e);
        }
        Files.move(beside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder(folder);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void discard(String name) {
        Path discarded = folder.resolve(DISCARDED + UUID.randomUUID());
        try {
            Files.move(folder.resolve(name), discarded, StandardCopyOption.ATOMIC_MOVE);
            discards.add(discarded);
        } catch (NoSuchFileException e) {
            // nothing to delete
        } catch (IOException e) {
            LOG.warn("{}/{} keeps its space, though it is of no use any more: {}", folder, name, e.toString());
        }
    }

    /** What another process was deleting, or an earlier lease of this one still is. */
    private void discardLeft() throws IOException {
        for (String name : discarded()) {
            discards.add(folder.resolve(name));
        }
    }

    private List<String> discarded() throws IOException {
        return files(name -> name.startsWith(DISCARDED));
    }

    @Override
    public boolean awaitDiscarded() {
        return discards.await();
    }

    @Override
    public boolean awaitAllDiscarded(long nanos) {
        return discards.awaitAll(nanos);
    }

    @Override
    public long freeBytes() {
        try {
            return Files.getFileStore(folder).getUsableSpace() + discards.bytes();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public Lease lease() throws IOException {
        Path path = folder.resolve(LOCK);
        NativeFile file;
        try {
            file = NativeFile.open(path, NativeFile.Mode.READ_WRITE);
        } catch (NativeException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            file = NativeFile.open(path, NativeFile.Mode.CREATE);
        }
        try {
            FileLock.acquire(file);
        } catch (NativeException e) {
            file.close();
            if (e.errno() == Errno.EAGAIN) {
                throw new IOException(
                        folder + " is in use by another drive or process: unload it there (lslocks shows who has it)",
                        e);
            }
            throw e;
        }
        try {
            FileLease taken = new FileLease(folder, file);
            lease = taken;
            discardLeft();
            return taken;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static StorageObject opened(NativeFile file, @Nullable FileLease lease) throws IOException {
        try {
            return new FileObject(file, lease);
        } catch (NativeException e) {
            file.close();
            throw e;
        }
    }

    private static NoSuchFileException missing(String name, NativeException cause) {
        NoSuchFileException missing = new NoSuchFileException(name, null, cause.getMessage());
        missing.initCause(cause);
        return missing;
    }

    private static IOException fullOrOther(NativeException e) {
        return FileObject.result(e.errno()) == MediumResult.NO_SPACE
                ? new StorageFullException(String.valueOf(e.getMessage()), e)
                : e;
    }

    private static void syncFolder(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
