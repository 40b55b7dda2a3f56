// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.vdisk.store.BlockStore;
import io.sluice.vdisk.store.NullStore;
import io.sluice.vdisk.store.RamStore;
import io.sluice.vdisk.store.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.OptionalLong;

/** Opens the store that a configuration asks for. */
final class Stores {
    private Stores() {}

    /** @param size bytes; 0 takes the file's */
    static BlockStore open(DiskConfig config, long size) throws IOException {
        return switch (config.backend()) {
            case NULL -> new NullStore(size);
            case RAM -> RamStore.open(size, config.thin());
            case FILE -> openFile(config, size, false);
            case DIRECT -> openFile(config, size, true);
        };
    }

    /** The size of the file, if there is one; a block device says nothing here. */
    static OptionalLong actualSize(DiskConfig config) throws IOException {
        if (config.path().isEmpty() || !Files.isRegularFile(config.path().get())) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Files.size(config.path().get()));
    }

    private static BlockStore openFile(DiskConfig config, long size, boolean direct) throws IOException {
        return StoreFiles.open(new StoreFiles.Request(
                config.path().orElseThrow(), size, config.blockSize(), config.readOnly(), config.thin(), direct));
    }
}
