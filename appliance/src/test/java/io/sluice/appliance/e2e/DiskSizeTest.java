// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much one command moves, and what happens when a disk changes its size. */
@Tag("e2e")
class DiskSizeTest {
    private static final int ILLEGAL_REQUEST = 5;
    private static final int UNIT_ATTENTION = 6;
    private static final int CHECK_CONDITION = 2;
    private static final int INVALID_FIELD_IN_CDB = 0x2400;
    private static final int CAPACITY_DATA_HAS_CHANGED = 0x2a09;
    private static final int MAXIMUM_BLOCKS = (16 << 20) / 512;

    @Test
    void shouldMoveSixteenMebibytesInOneCommandAndRefuseMore() throws Exception {
        try (RunningSluice sluice = RunningSluice.start();
                MiniInitiator initiator =
                        new MiniInitiator(sluice.port(), RunningSluice.TARGET, "iqn.2026-11.test:x")) {
            initiator.clearUnitAttentions(0);
            byte[] data = new byte[16 << 20];
            new java.util.SplittableRandom(16).nextBytes(data);
            assertThat(initiator
                            .command(0, MiniInitiator.write16(100, MAXIMUM_BLOCKS), data, 0)
                            .status())
                    .isZero();
            MiniInitiator.Result read =
                    initiator.command(0, MiniInitiator.read16(100, MAXIMUM_BLOCKS), new byte[0], data.length);
            assertThat(read.status()).isZero();
            assertThat(read.data()).isEqualTo(data);
            MiniInitiator.Result more =
                    initiator.command(0, MiniInitiator.read16(100, MAXIMUM_BLOCKS + 1), new byte[0], data.length + 512);
            assertThat(more.status()).isEqualTo(CHECK_CONDITION);
            assertThat(more.senseKey()).isEqualTo(ILLEGAL_REQUEST);
            assertThat(more.additionalSense()).isEqualTo(INVALID_FIELD_IN_CDB);
            MiniInitiator.Result write = initiator.command(
                    0, MiniInitiator.write16(100, MAXIMUM_BLOCKS + 1), new byte[data.length + 512], 0);
            assertThat(write.status()).isEqualTo(CHECK_CONDITION);
            assertThat(write.additionalSense()).isEqualTo(INVALID_FIELD_IN_CDB);
            assertThat(initiator
                            .command(0, MiniInitiator.read16(100, 1), new byte[0], 512)
                            .status())
                    .isZero();
        }
    }

    @Test
    void shouldTellInitiatorsThatADiskGrew() throws Exception {
        try (RunningSluice sluice = RunningSluice.start();
                MiniInitiator initiator =
                        new MiniInitiator(sluice.port(), RunningSluice.TARGET, "iqn.2026-11.test:x")) {
            initiator.clearUnitAttentions(0);
            Shell resize = sluice.command("disk", "resize", "disk", "2GiB");
            assertThat(resize.status()).as(resize.output()).isZero();
            MiniInitiator.Result told = initiator.command(0, new byte[6], new byte[0], 0);
            assertThat(told.status()).isEqualTo(CHECK_CONDITION);
            assertThat(told.senseKey()).isEqualTo(UNIT_ATTENTION);
            assertThat(told.additionalSense()).isEqualTo(CAPACITY_DATA_HAS_CHANGED);
            MiniInitiator.Result capacity = initiator.command(0, MiniInitiator.readCapacity16(), new byte[0], 32);
            assertThat(ByteBuffer.wrap(capacity.data()).getLong()).isEqualTo((2L << 30) / 512 - 1);
            byte[] block = new byte[512];
            block[0] = 1;
            assertThat(initiator
                            .command(0, MiniInitiator.write16((2L << 30) / 512 - 1, 1), block, 0)
                            .status())
                    .isZero();
            assertThat(sluice.device("disk").path("capacity").longValue()).isEqualTo(2L << 30);
        }
    }

    @Test
    void shouldExplainWhyADiskCannotBeResized() {
        try (RunningSluice sluice = RunningSluice.start()) {
            assertThat(sluice.command("disk", "resize", "dusk", "2GiB").output())
                    .contains("dusk", "disk");
            assertThat(sluice.command("disk", "resize", "disk", "much").output())
                    .contains("much", "2GiB");
            Shell readOnly = sluice.command("disk", "resize", "readme", "2GiB");
            assertThat(readOnly.status()).isNotZero();
            assertThat(readOnly.output()).contains("readme");
        }
    }
}
