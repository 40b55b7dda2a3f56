// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResizeRecordTest {
    @TempDir
    Path home;

    @Test
    void shouldTakeTheConfiguredSizeAtFirst() throws IOException {
        assertThat(new ResizeRecord(home, 4096).size(OptionalLong.empty())).isEqualTo(4096);
    }

    @Test
    void shouldTakeTheResizedSizeUntilTheConfigurationChanges() throws IOException {
        new ResizeRecord(home, 4096).remember(8192);
        assertThat(new ResizeRecord(home, 4096).size(OptionalLong.empty())).isEqualTo(8192);
        assertThat(new ResizeRecord(home, 16384).size(OptionalLong.empty())).isEqualTo(16384);
    }

    @Test
    void shouldForgetAResizeThatDidNotHappen() throws IOException {
        new ResizeRecord(home, 4096).remember(8192);
        assertThat(new ResizeRecord(home, 4096).size(OptionalLong.of(4096))).isEqualTo(4096);
        assertThat(new ResizeRecord(home, 4096).size(OptionalLong.of(8192))).isEqualTo(8192);
    }

    @Test
    void shouldLeaveTheSizeToTheFileWhenTheConfigurationDoes() throws IOException {
        new ResizeRecord(home, 0).remember(8192);
        assertThat(new ResizeRecord(home, 0).size(OptionalLong.empty())).isZero();
    }
}
