// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.handler.kit.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A journal in a local file. */
final class JournalFile implements JournalStorage {
    private final Path file;
    private @Nullable FileChannel channel;

    JournalFile(Path file) {
        this.file = file;
    }

    @Override
    public Optional<byte[]> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        open().force(true); // a process that was killed may have appended without syncing
        return Optional.of(Files.readAllBytes(file));
    }

    @Override
    public void append(byte[] bytes) throws IOException {
        FileChannel open = open();
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            open.write(rest);
        }
    }

    @Override
    public void sync() throws IOException {
        open().force(true);
    }

    @Override
    public void replace(byte[] bytes) throws IOException {
        close();
        DurableFile.write(file, bytes);
    }

    @Override
    public String place() {
        return file.toString();
    }

    private FileChannel open() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            channel = open;
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
