// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.library.Bay.InsertResult;
import io.sluice.vtl.library.Bay.RemoveResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process dies between any two steps; a successor gets the commands whose answers had not left, and everything is as if nothing
 * had happened.
 */
final class ExactlyOnceTest {
    private static final int RUNS = Integer.getInteger("sluice.tape.deaths", 3000);
    private static final int STEPS = 12;
    private static final long CAPACITY = 4000;
    /** Answers that may be on their way out when the process dies. */
    private static final int ON_THEIR_WAY = 3;

    @TempDir
    Path home;

    /** The end of a process. */
    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Lives so many steps. */
    private static final class Countdown implements CrashPoint {
        private int left = Integer.MAX_VALUE;

        void dieAfter(int steps) {
            left = steps;
        }

        void live() {
            left = Integer.MAX_VALUE;
        }

        @Override
        public void pass() {
            if (left != Integer.MAX_VALUE && left-- == 0) {
                throw new Death();
            }
        }
    }

    private record Sent(long sequence, RandomTape.Step step) {}

    @Test
    void shouldGoOnAsIfNothingHadHappenedWheneverTheProcessDies() throws Exception {
        long seed = Long.getLong("sluice.tape.seed", new Random().nextLong());
        Countdown countdown = new Countdown();
        DriveRig rig = DriveRig.loaded(home, CAPACITY, countdown);
        int deaths = 0;
        for (int run = 0; run < RUNS; run++) {
            rig.none("01 00 00 00 00 00").good();
            rig.none("19 01 00 00 00 00").good();
            rig.out(new byte[] {0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 0, 0}, "15 10 00 00 0C 00")
                    .good();
            deaths += dieOnce(seed + run, rig, countdown);
        }
        assertThat(deaths).isGreaterThan(RUNS / 2);
    }

    private static int dieOnce(long seed, DriveRig rig, Countdown countdown) throws Exception {
        Random random = new Random(seed);
        TapeModel model = new TapeModel(CAPACITY);
        RandomTape tape = new RandomTape(random, model);
        List<Sent> sent = new ArrayList<>();
        int deaths = 0;
        countdown.dieAfter(random.nextInt(150));
        for (int i = 0; i < STEPS; i++) {
            RandomTape.Step step = tape.next();
            DeviceAnswer ended;
            try {
                ended = TapeModelTest.run(rig, step);
                sent.add(new Sent(rig.sequence(), step));
            } catch (Death died) {
                deaths++;
                countdown.live();
                rig.successor().takenOver();
                redeliver(seed, rig, sent, random.nextInt(ON_THEIR_WAY + 1));
                ended = rig.again(rig.sequence(), step.dataOut(), step.room(), step.cdb());
                sent.add(new Sent(rig.sequence(), step));
            }
            TapeModelTest.requireSame(seed, i, "", step, ended);
        }
        countdown.live();
        requireMedium(seed, rig, model);
        return deaths;
    }

    /** Answers of the last ones never left; they overwrote nothing that an earlier one has yet to be told. */
    private static void redeliver(long seed, DriveRig rig, List<Sent> sent, int count) {
        for (Sent last : sent.subList(Math.max(0, sent.size() - count), sent.size())) {
            RandomTape.Step step = last.step();
            DeviceAnswer ended = rig.again(last.sequence(), step.dataOut(), step.room(), step.cdb());
            boolean overwritten = ended.status() == ScsiStatus.CHECK_CONDITION
                    && ended.sense().key() == SenseKey.ABORTED_COMMAND;
            if (!overwritten) {
                TapeModelTest.requireSame(seed, -1, "redelivered", step, ended);
            }
        }
    }

    private static void requireMedium(long seed, DriveRig rig, TapeModel model) {
        assertThat(rig.position()).as("seed %d", seed).isEqualTo(model.position);
        MemoryPartition medium = rig.medium();
        assertThat(medium.objects()).as("seed %d", seed).isEqualTo(model.objects.size());
        rig.none("01 00 00 00 00 00").good();
        for (byte[] object : model.objects) {
            DeviceAnswer read = rig.in(4096, "08 02 00 10 00 00");
            if (object.length == 0) {
                read.check(SenseKey.NO_SENSE, AdditionalSense.FILEMARK_DETECTED);
            } else {
                assertThat(read.data()).as("seed %d", seed).isEqualTo(object);
            }
        }
    }

    @Test
    void shouldWriteOnlyTheRestOfAFixedBlockWriteThatWasPartlyDone() throws Exception {
        Countdown countdown = new Countdown();
        DriveRig rig = DriveRig.loaded(home, DriveRig.CAPACITY, countdown);
        rig.out(new byte[] {0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 0, 4}, "15 10 00 00 0C 00")
                .good();
        byte[] data = {1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
        countdown.dieAfter(7); // behind the second block, which is recorded
        try {
            rig.out(data, "0A 01 00 00 03 00");
            throw new AssertionError("it did not die");
        } catch (Death expected) {
            countdown.live();
        }
        assertThat(rig.medium().objects()).isEqualTo(2);
        rig.successor().takenOver();
        rig.again(rig.sequence(), data, 0, "0A 01 00 00 03 00").good();
        assertThat(rig.medium().writes).as("none twice").isEqualTo(3);
        assertThat(rig.medium().objects()).isEqualTo(3);
        assertThat(rig.position()).isEqualTo(3);
        rig.none("01 00 00 00 00 00").good();
        assertThat(rig.in(12, "08 01 00 00 03 00").good().data()).isEqualTo(data);
    }

    @Test
    void shouldKeepPreventionOfNexusesThatAreStillThereAndCounters() throws Exception {
        DriveRig rig = DriveRig.loaded(home);
        rig.none("1E 00 00 00 01 00").good();
        rig.out(new byte[100], "0A 00 00 00 64 00").good();
        byte[] written = rig.in(64, "4D 00 42 00 00 00 05 00 40 00").good().data();
        rig.successor().takenOver();
        assertThat(rig.in(64, "4D 00 42 00 00 00 05 00 40 00").good().data()).isEqualTo(written);
        rig.none("1B 00 00 00 00 00").check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        assertThat(rig.drive().remove()).isEqualTo(RemoveResult.PREVENTED);
        rig.removeNexus(0);
        rig.none("1B 00 00 00 00 00").good();
    }

    @Test
    void shouldRewindAndForgetWhenItIsPoweredOn() throws Exception {
        DriveRig rig = DriveRig.loaded(home);
        rig.out(new byte[100], "0A 00 00 00 64 00").good();
        rig.none("1E 00 00 00 01 00").good();
        long written = rig.sequence() - 1;
        rig.successor().poweredOn();
        assertThat(rig.position()).isZero();
        assertThat(rig.medium().recorded(written)).isZero();
        rig.none("1B 00 00 00 00 00").good();
    }

    @Test
    void shouldTakeACartridgeInOnceWhenTheLibraryAsksAgain() throws Exception {
        Countdown countdown = new Countdown();
        for (int steps = 0; steps < 8; steps++) {
            DriveRig rig = DriveRig.empty(Files.createDirectory(home.resolve("steps" + steps)), 4000, countdown);
            countdown.dieAfter(steps);
            try {
                rig.drive().insert(DriveRig.BARCODE);
            } catch (Death died) {
                rig.attentions.clear();
            }
            countdown.live();
            rig.successor().takenOver();
            assertThat(rig.drive().insert(DriveRig.BARCODE)).isEqualTo(InsertResult.INSERTED);
            rig.none("00 00 00 00 00 00").good();
            countdown.dieAfter(steps);
            try {
                rig.drive().remove();
            } catch (Death died) {
                rig.attentions.clear();
            }
            countdown.live();
            rig.successor().takenOver();
            rig.drive().remove();
            rig.none("00 00 00 00 00 00").check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        }
    }
}
