// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Spaces are folders in one folder of the local file system, and objects are files in them. */
public final class FileStorage implements Storage {
    private final Path root;

    /** Makes the folder if need be. */
    public FileStorage(Path root) throws IOException {
        this.root = Files.createDirectories(root).toRealPath();
    }

    @Override
    public List<String> spaces() throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Override
    public StorageSpace space(String name) {
        return new FileSpace(root, name);
    }
}
