// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ParameterWriterTest {
    private static ParameterWriter write(ParameterWriter out) {
        return out.u8(1)
                .u16(0x0203)
                .u24(0x040506)
                .u32(0x0708090AL)
                .u48(0x0B0C0D0E0F10L)
                .u64(0x1112131415161718L)
                .ascii("ab", 3)
                .zeros(2)
                .bytes(new byte[] {9, 8})
                .patchU16(1, 0x7F7E);
    }

    @Test
    void shouldCutOffAtEveryAllocationLength() {
        byte[] whole = new byte[64];
        int length = (int) write(new ParameterWriter().window(MemorySegment.ofArray(whole), 0, 64))
                .position();
        assertThat(length).isEqualTo(31);
        for (int limit = 0; limit <= length; limit++) {
            byte[] cut = new byte[64];
            Arrays.fill(cut, (byte) 0xEE);
            ParameterWriter out = write(new ParameterWriter().window(MemorySegment.ofArray(cut), 0, limit));
            assertThat(out.position()).isEqualTo(length);
            assertThat(out.transferLength()).isEqualTo(limit);
            assertThat(Arrays.copyOf(cut, limit)).isEqualTo(Arrays.copyOf(whole, limit));
            for (int i = limit; i < 64; i++) {
                assertThat(cut[i]).isEqualTo((byte) 0xEE);
            }
        }
    }
}
