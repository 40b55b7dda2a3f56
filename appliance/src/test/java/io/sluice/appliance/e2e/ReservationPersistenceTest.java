// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Persistent reservations over a restart of everything (SPC-5 5.14.5): those with APTPL come back, others do not. */
@Tag("e2e")
class ReservationPersistenceTest {
    private static final String OWNER = "iqn.2026-11.test:owner";
    private static final String OTHER = "iqn.2026-11.test:other";
    private static final byte[] READ_10 = {0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0};
    private static final int REGISTER = 0;
    private static final int RESERVE = 1;
    private static final int REPLACE_LOST_RESERVATION = 8;
    private static final int EXCLUSIVE_ACCESS = 3;
    private static final int RESERVATION_CONFLICT = 0x18;
    private static final int DATA_PROTECT = 7;
    private static final int UNIT_ATTENTION = 6;

    private static MiniInitiator login(RunningSluice sluice, String name) throws IOException {
        MiniInitiator initiator = new MiniInitiator(sluice.port(), RunningSluice.TARGET, name);
        initiator.clearUnitAttentions(0);
        initiator.clearUnitAttentions(1);
        return initiator;
    }

    private static MiniInitiator.Result reserveOut(
            MiniInitiator initiator, int lun, int action, int type, long key, long actionKey, boolean aptpl)
            throws IOException {
        byte[] cdb = {0x5f, (byte) action, (byte) type, 0, 0, 0, 0, 0, 24, 0};
        byte[] list = ByteBuffer.allocate(24)
                .putLong(key)
                .putLong(actionKey)
                .putInt(0)
                .put((byte) (aptpl ? 1 : 0))
                .array();
        return initiator.command(lun, cdb, list, 0);
    }

    private static int read(MiniInitiator initiator, int lun) throws IOException {
        return initiator.command(lun, READ_10, new byte[0], 512).status();
    }

    /** LUN 0 is reserved to persist, LUN 1 is not. */
    private static void reserveBoth(RunningSluice sluice) throws IOException {
        try (MiniInitiator owner = login(sluice, OWNER)) {
            for (int lun = 0; lun < 2; lun++) {
                assertThat(reserveOut(owner, lun, REGISTER, 0, 0, 0xa, lun == 0).status())
                        .isZero();
                assertThat(reserveOut(owner, lun, RESERVE, EXCLUSIVE_ACCESS, 0xa, 0, false)
                                .status())
                        .isZero();
            }
        }
    }

    private static void restart(RunningSluice sluice) {
        assertThat(sluice.down().status()).isZero();
        assertThat(sluice.up().status()).isZero();
    }

    @Test
    void shouldHoldWithAptplAndNotWithoutAfterDownAndUp() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            reserveBoth(sluice);
            try (MiniInitiator other = login(sluice, OTHER)) {
                assertThat(read(other, 0)).isEqualTo(RESERVATION_CONFLICT);
                assertThat(read(other, 1)).isEqualTo(RESERVATION_CONFLICT);
            }
            restart(sluice);
            try (MiniInitiator owner = login(sluice, OWNER);
                    MiniInitiator other = login(sluice, OTHER)) {
                assertThat(read(other, 0)).isEqualTo(RESERVATION_CONFLICT);
                assertThat(read(owner, 0)).isZero();
                assertThat(read(other, 1)).isZero();
                // Off again: the next restart finds nothing.
                assertThat(reserveOut(owner, 0, REGISTER, 0, 0xa, 0xa, false).status())
                        .isZero();
            }
            restart(sluice);
            try (MiniInitiator other = login(sluice, OTHER)) {
                assertThat(read(other, 0)).isZero();
            }
        }
    }

    /** The gateway lives: a dead appliance is no loss of power. */
    @Test
    void shouldHoldWithoutAptplWhenOnlyTheApplianceWasKilled() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            reserveBoth(sluice);
            ProcessHandle appliance = sluice.process("appliance").orElseThrow();
            appliance.destroyForcibly();
            appliance.onExit().join();
            try (MiniInitiator other = login(sluice, OTHER)) {
                assertThat(read(other, 1)).isEqualTo(RESERVATION_CONFLICT);
            }
        }
    }

    @Test
    void shouldLetNobodyInWhenTheRecordWasDamagedUntilItIsReplaced() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            reserveBoth(sluice);
            assertThat(sluice.down().status()).isZero();
            damage(record(sluice.home()));
            assertThat(sluice.up().status()).isZero();
            try (MiniInitiator owner = new MiniInitiator(sluice.port(), RunningSluice.TARGET, OWNER);
                    MiniInitiator other = new MiniInitiator(sluice.port(), RunningSluice.TARGET, OTHER)) {
                // The reset's Unit Attention comes first, once (SAM-6 5.14.4).
                assertThat(owner.command(0, READ_10, new byte[0], 512).senseKey())
                        .isEqualTo(UNIT_ATTENTION);
                MiniInitiator.Result lost = owner.command(0, READ_10, new byte[0], 512);
                assertThat(lost.senseKey()).isEqualTo(DATA_PROTECT);
                assertThat(lost.additionalSense()).isEqualTo(0x4401);
                assertThat(reserveOut(owner, 0, REPLACE_LOST_RESERVATION, EXCLUSIVE_ACCESS, 0, 0xa, true)
                                .status())
                        .isZero();
                assertThat(read(owner, 0)).isZero();
                other.clearUnitAttentions(0);
                assertThat(read(other, 0)).isEqualTo(RESERVATION_CONFLICT);
                other.clearUnitAttentions(1);
                assertThat(read(other, 1)).isZero();
            }
        }
    }

    private static Path record(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> file.getFileName().toString().equals("reservations"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void damage(Path record) throws IOException {
        byte[] bytes = Files.readAllBytes(record);
        bytes[bytes.length - 20] ^= 1;
        Files.write(record, bytes);
    }
}
