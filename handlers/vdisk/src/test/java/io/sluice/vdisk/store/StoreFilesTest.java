// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreFilesTest {
    @TempDir
    Path folder;

    private StoreFiles.Request request(String name, long size) {
        return new StoreFiles.Request(folder.resolve(name), size, 512, false, true, false);
    }

    @Test
    void shouldCreateAThinFile() throws IOException {
        try (BlockStore store = StoreFiles.open(request("thin", 1L << 30))) {
            assertThat(store.size()).isEqualTo(1L << 30);
            assertThat(Files.size(folder.resolve("thin"))).isEqualTo(1L << 30);
            assertThat(store.extentAt(0)).isEqualTo(new Extent(0, 1L << 30, false));
        }
    }

    @Test
    void shouldTakeAllSpaceOfAThickFile() throws IOException {
        try (BlockStore store =
                StoreFiles.open(new StoreFiles.Request(folder.resolve("thick"), 1 << 20, 512, false, false, false))) {
            assertThat((Long) Files.getAttribute(folder.resolve("thick"), "unix:size"))
                    .isEqualTo(1 << 20);
            assertThat(store.size()).isEqualTo(1 << 20);
        }
    }

    @Test
    void shouldAskForASizeWhenThereIsNoFile() {
        refuses(request("absent", 0), "absent", "give size");
    }

    @Test
    void shouldNameAReadOnlyFileThatIsMissing() {
        refuses(
                new StoreFiles.Request(folder.resolve("absent"), 0, 512, true, true, false),
                folder.resolve("absent").toString(),
                "does not exist",
                "correct path");
    }

    @Test
    void shouldNameAMissingFolder() {
        refuses(request("no/such/folder", 1 << 20), "no/such/folder", "ENOENT", "create its folder");
    }

    @Test
    void shouldRefuseAnotherSizeThanTheFiles() throws IOException {
        StoreFiles.open(request("disk", 1 << 20)).close();
        refuses(request("disk", 2 << 20), "1048576", "2097152", "leave size out");
    }

    @Test
    void shouldRefuseBrokenBlocks() throws IOException {
        Files.write(folder.resolve("odd"), new byte[1000]);
        refuses(request("odd", 0), "1000", "512");
    }

    @Test
    void shouldKeepASecondWriterOut() throws IOException {
        try (BlockStore first = StoreFiles.open(request("disk", 1 << 20))) {
            assertThat(first.size()).isEqualTo(1 << 20);
            refuses(request("disk", 0), "disk", "in use", "lslocks");
        }
        StoreFiles.open(request("disk", 0)).close();
    }

    @Test
    void shouldAllowReadOnlyViewsOfAFileInUse() throws IOException {
        var view = new StoreFiles.Request(folder.resolve("disk"), 0, 512, true, true, false);
        try (BlockStore writer = StoreFiles.open(request("disk", 1 << 20));
                BlockStore reader = StoreFiles.open(view)) {
            assertThat(reader.size()).isEqualTo(writer.size());
        }
    }

    @Test
    void shouldNameAFolderGivenAsFile() {
        refuses(new StoreFiles.Request(folder, 0, 512, false, true, false), folder.toString(), "EISDIR", "name a file");
    }

    private static void refuses(StoreFiles.Request request, String... parts) {
        assertThatThrownBy(() -> StoreFiles.open(request).close())
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }
}
