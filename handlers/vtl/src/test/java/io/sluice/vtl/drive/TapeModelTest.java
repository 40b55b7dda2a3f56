// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The drive against the model, command by command; {@code -Dsluice.tape.operations} says how many, {@code -Dsluice.tape.seed}
 * repeats a run.
 */
final class TapeModelTest {
    private static final int OPERATIONS = Integer.getInteger("sluice.tape.operations", 2_000_000);
    /** So small that early warning and the end come often. */
    private static final long CAPACITY = 4000;

    /** An empty tape now and then, or it would be full most of the time. */
    private static final int PER_TAPE = 400;

    @TempDir
    Path home;

    @Test
    void shouldDoWhatTheModelDoes() throws Exception {
        long seed = Long.getLong("sluice.tape.seed", new Random().nextLong());
        Random random = new Random(seed);
        DriveRig rig = DriveRig.loaded(home, CAPACITY, CrashPoint.NONE);
        TapeModel model = new TapeModel(CAPACITY);
        RandomTape tape = new RandomTape(random, model);
        StringBuilder history = new StringBuilder();
        for (int i = 0; i < OPERATIONS; i++) {
            if (i % PER_TAPE == 0) {
                startOver(rig, model);
                history.setLength(0);
            }
            RandomTape.Step step = tape.next();
            history.append(step.cdb()).append('\n');
            DeviceAnswer ended = run(rig, step);
            requireSame(seed, i, history, step, ended);
            requirePosition(seed, i, history, rig, model);
        }
    }

    private static void startOver(DriveRig rig, TapeModel model) {
        rig.none("01 00 00 00 00 00").good();
        rig.none("19 01 00 00 00 00").good();
        model.objects.clear();
        model.position = 0;
    }

    static DeviceAnswer run(DriveRig rig, RandomTape.Step step) {
        return step.dataOut().length > 0 ? rig.out(step.dataOut(), step.cdb()) : rig.in(step.room(), step.cdb());
    }

    static void requireSame(long seed, int index, CharSequence history, RandomTape.Step step, DeviceAnswer ended) {
        String problem = problem(step.expected(), ended, step.dataOut().length == 0);
        if (problem != null) {
            throw new AssertionError(
                    "seed " + seed + ", operation " + index + ", " + step.cdb() + ": " + problem + "\n" + history);
        }
    }

    private static @org.jspecify.annotations.Nullable String problem(
            TapeModel.Outcome expected, DeviceAnswer ended, boolean comparesData) {
        boolean good = expected.key() == TapeModel.NONE;
        if (good != (ended.status() == ScsiStatus.GOOD)) {
            return "ended " + ended + ", expected " + expected;
        }
        if (!good) {
            SenseData sense = ended.sense();
            String flags = (sense.isFilemark() ? "F" : "")
                    + (sense.isEndOfMedium() ? "E" : "")
                    + (sense.isIncorrectLength() ? "I" : "");
            Long information = sense.hasInformation() ? (Long) sense.information() : null;
            if (sense.key().code() != expected.key()
                    || sense.additional().code() != expected.code()
                    || !flags.equals(expected.flags())
                    || !java.util.Objects.equals(information, expected.information())) {
                return "sense " + sense + " " + flags + " " + information + ", expected " + expected;
            }
        }
        return comparesData && !Arrays.equals(ended.data(), expected.data())
                ? "data " + HexFormat.of().formatHex(ended.data()) + ", expected "
                        + HexFormat.of().formatHex(expected.data())
                : null;
    }

    private static void requirePosition(long seed, int index, CharSequence history, DriveRig rig, TapeModel model)
            throws IOException {
        byte[] data = rig.in(32, "34 06 00 00 00 00 00 00 00 00").good().data();
        int flags = (model.position == 0 ? 0x80 : 0) | (model.isPastEarlyWarning() ? 0x40 : 0);
        if (u64(data, 8) != model.position || u64(data, 16) != model.file() || (data[0] & 0xFF) != flags) {
            throw new AssertionError("seed " + seed + ", operation " + index + ": READ POSITION "
                    + HexFormat.of().formatHex(data) + ", expected object " + model.position + ", file " + model.file()
                    + ", flags " + flags + "\n" + history);
        }
    }

    private static long u64(byte[] data, int at) {
        return java.nio.ByteBuffer.wrap(data).getLong(at);
    }
}
