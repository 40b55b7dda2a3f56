// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The library of the shipped configuration, as an initiator sees it over iSCSI, and over deaths of the handler process. */
@Tag("e2e")
class TapeLibraryTest {
    private static final String TARGET = "iqn.2026-11.io.sluice:vtl";
    private static final String INITIATOR = "iqn.2026-11.test:tape";
    private static final int CHANGER = 0;
    private static final int DRIVE_1 = 1;
    private static final int DRIVE_2 = 2;
    private static final int BLOCK = 64 << 10;
    private static final int BLOCKS = 20;
    private static final byte[] NOTHING = {};
    /** WRITEs with a death each; the answers of some may come out before. */
    private static final int DEATHS = 6;
    /** Bytes of each: blocks enough that the process dies among them. */
    private static final int RUN = 8 << 20;

    private static byte[] cdb(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static MiniInitiator login(RunningSluice sluice) throws IOException {
        MiniInitiator initiator = new MiniInitiator(sluice.port(), TARGET, INITIATOR);
        for (int lun = CHANGER; lun <= DRIVE_2; lun++) {
            initiator.clearUnitAttentions(lun);
        }
        return initiator;
    }

    private static MiniInitiator.Result good(MiniInitiator initiator, int lun, String hex, byte[] out, int in)
            throws IOException {
        MiniInitiator.Result result = initiator.command(lun, cdb(hex), out, in);
        assertThat(result.status())
                .as("LUN %d, %s: %x/%04x", lun, hex, result.senseKey(), result.additionalSense())
                .isZero();
        return result;
    }

    private static String product(MiniInitiator initiator, int lun) throws IOException {
        byte[] inquiry = good(initiator, lun, "12 00 00 0060 00", NOTHING, 96).data();
        return inquiry[0] + " " + new String(inquiry, 8, 24, StandardCharsets.US_ASCII).strip();
    }

    /** Element descriptors with volume tags and no more: 12 + 36 + 4 bytes. */
    private static String tag(MiniInitiator initiator, int address) throws IOException {
        byte[] status = good(initiator, CHANGER, "B8 10 %04X 0001 00 000400 00 00".formatted(address), NOTHING, 1024)
                .data();
        boolean full = (status[16 + 2] & 1) != 0;
        return full ? new String(status, 16 + 12, 8, StandardCharsets.US_ASCII).strip() : "";
    }

    private static void move(MiniInitiator initiator, int from, int to) throws IOException {
        good(initiator, CHANGER, "A5 00 0000 %04X %04X 00 00 00 00".formatted(from, to), NOTHING, 0);
    }

    private static byte[] block(int number) {
        byte[] data = new byte[BLOCK];
        new Random(number).nextBytes(data);
        return data;
    }

    private static void kill(RunningSluice sluice) {
        ProcessHandle appliance = sluice.process("appliance").orElseThrow();
        appliance.destroyForcibly();
        appliance.onExit().join();
    }

    @Test
    void shouldServeTheLibraryOfTheShippedConfigurationAcrossDeathsOfItsProcess() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            try (MiniInitiator initiator = login(sluice)) {
                assertThat(product(initiator, CHANGER)).isEqualTo("8 IBM     03584L32");
                assertThat(product(initiator, DRIVE_1)).isEqualTo("1 IBM     ULT3580-TD8");
                assertThat(product(initiator, DRIVE_2)).isEqualTo("1 IBM     ULT3580-TD8");
                byte[] elements = good(initiator, CHANGER, "B8 10 0000 FFFF 00 010000 00 00", NOTHING, 65_536)
                        .data();
                assertThat(elements[3]).as("elements").isEqualTo((byte) (1 + 2 + 4 + 24));
                assertThat(tag(initiator, 0x401)).isEqualTo("VTL001L8");
                assertThat(tag(initiator, 0x408)).isEqualTo("VTL008L8");
                assertThat(tag(initiator, 0x409)).isEmpty();

                move(initiator, 0x401, 0x101);
                initiator.clearUnitAttentions(DRIVE_1);
                writeAndReadAcrossDeaths(sluice, initiator);

                kill(sluice);
                assertThat(tag(initiator, 0x101)).isEqualTo("VTL001L8");
                move(initiator, 0x101, 0x409);
                assertThat(tag(initiator, 0x409)).isEqualTo("VTL001L8");
                assertThat(initiator
                                .command(DRIVE_1, cdb("00 00 00 00 00 00"), NOTHING, 0)
                                .additionalSense())
                        .isEqualTo(0x3a00);
            }
            assertThat(sluice.down().status()).isZero();
            assertThat(sluice.up().status()).isZero();
            try (MiniInitiator initiator = login(sluice)) {
                move(initiator, 0x409, 0x102);
                initiator.clearUnitAttentions(DRIVE_2);
                assertThat(good(initiator, DRIVE_2, "08 00 01 00 00 00", NOTHING, BLOCK)
                                .data())
                        .isEqualTo(block(0));
            }
        }
    }

    private static void writeAndReadAcrossDeaths(RunningSluice sluice, MiniInitiator initiator) throws IOException {
        for (int i = 0; i < BLOCKS; i++) {
            if (i == BLOCKS / 2) {
                kill(sluice);
            }
            good(initiator, DRIVE_1, "0A 00 01 00 00 00", block(i), 0);
        }
        good(initiator, DRIVE_1, "10 00 00 00 01 00", NOTHING, 0);
        good(initiator, DRIVE_1, "01 00 00 00 00 00", NOTHING, 0);
        for (int i = 0; i < BLOCKS; i++) {
            if (i == BLOCKS / 4) {
                kill(sluice);
            }
            assertThat(good(initiator, DRIVE_1, "08 00 01 00 00 00", NOTHING, BLOCK)
                            .data())
                    .as("block %d", i)
                    .isEqualTo(block(i));
        }
        MiniInitiator.Result mark = initiator.command(DRIVE_1, cdb("08 00 01 00 00 00"), NOTHING, BLOCK);
        assertThat(mark.sense()[2] & 0x80).as("FILEMARK").isEqualTo(0x80);
        MiniInitiator.Result end = initiator.command(DRIVE_1, cdb("08 00 01 00 00 00"), NOTHING, BLOCK);
        assertThat(end.senseKey()).as("BLANK CHECK").isEqualTo(8);
    }

    private static byte[] run(int number) {
        byte[] data = new byte[RUN];
        new Random(number).nextBytes(data);
        return data;
    }

    /** Kills it as soon as the segment has grown by the first block, and returns what it killed. */
    private static ProcessHandle killWhenAppended(RunningSluice sluice, Path segment, long bytesBefore) {
        // The one killed last may have answered before it died, so that nobody serves yet.
        RunningSluice.await(
                "a process of the appliance",
                Duration.ofSeconds(60),
                () -> sluice.process("appliance").isPresent());
        ProcessHandle appliance = sluice.process("appliance").orElseThrow();
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (segment.toFile().length() < bytesBefore + BLOCK) {
            if (System.nanoTime() > end) {
                throw new AssertionError(segment + " has not grown from " + bytesBefore + " bytes in 30 s");
            }
        }
        appliance.destroyForcibly();
        return appliance;
    }

    /** What a process has answered before it was killed comes at once; no other one is there within this time. */
    private static boolean isAnswered(CompletableFuture<?> command) throws Exception {
        try {
            command.get(50, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException nobodyThere) {
            return false;
        }
    }

    @Test
    void shouldWriteEachBlockOnceWhenTheProcessDiesBetweenAppendingAndAnswering() throws Exception {
        try (RunningSluice sluice = RunningSluice.start()) {
            int unanswered = 0;
            try (MiniInitiator initiator = login(sluice)) {
                move(initiator, 0x402, 0x101);
                initiator.clearUnitAttentions(DRIVE_1);
                // Fixed blocks; unbuffered, so that a WRITE also waits until they are on stable storage.
                good(initiator, DRIVE_1, "15 10 00 00 0C 00", new byte[] {0, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0, 0}, 0);
                Path segment = sluice.home().resolve("data/library/cartridges/VTL002L8/p0.00000001.data");
                for (int i = 0; i < DEATHS; i++) {
                    byte[] blocks = run(i);
                    long before = segment.toFile().length();
                    CompletableFuture<MiniInitiator.Result> written = CompletableFuture.supplyAsync(() -> {
                        try {
                            return good(initiator, DRIVE_1, "0A 01 00 00 80 00", blocks, 0);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
                    ProcessHandle killed = killWhenAppended(sluice, segment, before);
                    unanswered += isAnswered(written) ? 0 : 1;
                    killed.onExit().join();
                    written.join();
                    assertThat(segment.toFile().length() - before)
                            .as("bytes that WRITE %d took: no block twice", i)
                            .isBetween((long) RUN, (long) RUN + BLOCK);
                }
                assertThat(unanswered)
                        .as("WRITEs with blocks appended and not answered when the process died")
                        .isPositive();
                good(initiator, DRIVE_1, "10 00 00 00 01 00", NOTHING, 0);
                good(initiator, DRIVE_1, "01 00 00 00 00 00", NOTHING, 0);
                for (int i = 0; i < DEATHS; i++) {
                    assertThat(good(initiator, DRIVE_1, "08 01 00 00 80 00", NOTHING, RUN)
                                    .data())
                            .as("WRITE %d", i)
                            .isEqualTo(run(i));
                }
                MiniInitiator.Result mark = initiator.command(DRIVE_1, cdb("08 01 00 00 80 00"), NOTHING, RUN);
                assertThat(mark.sense()[2] & 0x80)
                        .as("FILEMARK, and no block twice")
                        .isEqualTo(0x80);
            }
        }
    }
}
