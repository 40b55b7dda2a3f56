// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SenseDataTest {
    private static String encode(SenseData sense, boolean descriptor) {
        MemorySegment segment = MemorySegment.ofArray(new byte[252]);
        segment.fill((byte) 0xEE);
        int length = sense.encode(segment, 0, descriptor);
        return HexFormat.of().formatHex(segment.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void shouldEncodeAFieldPointerInFixedFormat() {
        SenseData sense = new SenseData()
                .set(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB)
                .fieldPointer(true, 2, 5);
        // SPC-5 4.4.3: SKSV, C/D, BPV and bit pointer in byte 15, field pointer in bytes 16 and 17
        assertThat(encode(sense, false)).isEqualTo("7000050000000" + "00a00000000240000cd0002");
    }

    @Test
    void shouldEncodeInformationAndStreamBitsInFixedFormat() {
        SenseData sense = new SenseData()
                .set(SenseKey.NO_SENSE, AdditionalSense.FILEMARK_DETECTED)
                .filemark()
                .information(-3);
        assertThat(encode(sense, false)).isEqualTo("f00080fffffffd0a00000000000100000000");
    }

    @Test
    void shouldClearValidWhenInformationDoesNotFitFixedFormat() {
        SenseData sense = new SenseData()
                .set(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)
                .information(0x1_0000_0000L);
        assertThat(encode(sense, false)).startsWith("70000300000000");
        assertThat(encode(sense, true)).isEqualTo("72031100" + "0000000c" + "000a8000" + "0000000100000000");
    }

    @Test
    void shouldEncodeEveryDescriptor() {
        SenseData sense = new SenseData()
                .set(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST)
                .commandSpecific(1)
                .fieldPointer(false, 9, -1)
                .fieldReplaceableUnit(4)
                .incorrectLength();
        assertThat(encode(sense, true))
                .isEqualTo("72052600" + "0000001c" + "010a0000" + "0000000000000001" + "020600008000" + "0900"
                        + "03020004" + "05020020");
    }

    @Test
    void shouldDecodeWhatItEncodes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SenseKey[] keys = SenseKey.values();
        for (int i = 0; i < 1000; i++) {
            SenseData sense = new SenseData()
                    .set(
                            keys[random.nextInt(keys.length)],
                            AdditionalSense.of(random.nextInt(256), random.nextInt(256)));
            if (random.nextBoolean()) {
                sense.information(random.nextInt() & 0xFFFF_FFFFL);
            }
            if (random.nextBoolean()) {
                sense.fieldPointer(random.nextBoolean(), random.nextInt(0x10000), random.nextInt(9) - 1);
            }
            if (random.nextBoolean()) {
                sense.endOfMedium();
            }
            for (boolean descriptor : new boolean[] {false, true}) {
                MemorySegment segment = MemorySegment.ofArray(new byte[252]);
                int length = sense.encode(segment, 0, descriptor);
                SenseData decoded = SenseData.decode(segment, 0, length);
                assertThat(encode(decoded, descriptor))
                        .as("seed %d, round %d", seed, i)
                        .isEqualTo(encode(sense, descriptor));
            }
        }
    }

    @Test
    void shouldRefuseWhatIsNoSenseData() {
        assertThatThrownBy(() -> SenseData.decode(MemorySegment.ofArray(new byte[18]), 0, 18))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("70h to 73h");
    }
}
