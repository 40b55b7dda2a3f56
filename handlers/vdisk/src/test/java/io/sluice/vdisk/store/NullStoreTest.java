// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class NullStoreTest {
    private final NullStore store = new NullStore(NullStore.DEFAULT_BYTES);

    @Test
    void shouldReadZerosAfterWrites() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(3 << 20).fill((byte) 5);
            assertThat(store.write(1L << 39, data, 0, 3 << 20, true)).isEqualTo(Outcome.OK);
            assertThat(store.read(1L << 39, data, 0, 3 << 20)).isEqualTo(Outcome.OK);
            assertThat(data.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        }
    }

    @Test
    void shouldNeverAllocate() {
        assertThat(store.size()).isEqualTo(1L << 40);
        assertThat(store.extentAt(512)).isEqualTo(new Extent(512, (1L << 40) - 512, false));
        store.resize(1024);
        assertThat(store.extentAt(0)).isEqualTo(new Extent(0, 1024, false));
    }
}
