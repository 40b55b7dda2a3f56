// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdentityTest {
    @TempDir
    Path home;

    private final DiskConfig.IdentityConfig unnamed =
            new DiskConfig.IdentityConfig("SLUICE", "VDISK", "0001", Optional.empty());

    @Test
    void shouldKeepTheSerialNumberThatItMade() throws IOException {
        String serial = Identity.of(unnamed, home).serial();
        assertThat(serial).matches("[0-9A-F]{16}");
        assertThat(Identity.of(unnamed, home).serial()).isEqualTo(serial);
    }

    @Test
    void shouldMakeAnotherSerialNumberForAnotherDisk(@TempDir Path other) throws IOException {
        assertThat(Identity.of(unnamed, home).serial())
                .isNotEqualTo(Identity.of(unnamed, other).serial());
    }

    @Test
    void shouldPreferTheConfiguredSerialNumber() throws IOException {
        var named = new DiskConfig.IdentityConfig("SLUICE", "VDISK", "0001", Optional.of("A1"));
        assertThat(Identity.of(named, home).serial()).isEqualTo("A1");
        assertThat(home.resolve("serial")).doesNotExist();
    }

    @Test
    void shouldSayWhatToDoAboutABrokenFile() throws IOException {
        Files.writeString(home.resolve("serial"), "\n");
        assertThatThrownBy(() -> Identity.of(unnamed, home))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(home.resolve("serial").toString())
                .hasMessageContaining("restore it");
    }
}
