// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RamStoreTest extends BlockStoreContract {
    @Override
    BlockStore open(long size) throws IOException {
        return RamStore.open(size, true);
    }

    @Test
    void shouldKeepAllPagesWhenThick() throws IOException {
        try (RamStore thick = RamStore.open(SIZE, false)) {
            assertThat(thick.discard(0, SIZE)).isEqualTo(Outcome.OK);
            assertThat(thick.extentAt(0)).isEqualTo(new Extent(0, SIZE, true));
        }
    }

    @Test
    void shouldRefuseMoreThanTheMachineHas() {
        assertThatThrownBy(() -> RamStore.open(1L << 60, true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Long.toString(1L << 60))
                .hasMessageContaining("backend = \"file\"");
    }

    @Test
    void shouldReleaseTheLastPartialPage() throws IOException {
        try (RamStore odd = RamStore.open(8192 + 512, true)) {
            assertThat(odd.write(8192, buffer, 0, 512, false)).isEqualTo(Outcome.OK);
            assertThat(odd.extentAt(8192).allocated()).isTrue();
            assertThat(odd.discard(8192, 512)).isEqualTo(Outcome.OK);
            assertThat(odd.extentAt(0)).isEqualTo(new Extent(0, 8192 + 512, false));
        }
    }
}
