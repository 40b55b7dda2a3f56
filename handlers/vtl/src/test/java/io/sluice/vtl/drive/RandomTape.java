// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import java.util.Random;

/** Random commands, each with what the model says of it. */
final class RandomTape {
    /**
     * One command.
     *
     * @param room bytes that the initiator has for Data-In
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Step(String cdb, byte[] dataOut, int room, TapeModel.Outcome expected) {}

    private static final int LONGEST = 96;

    private final Random random;
    private final TapeModel model;

    RandomTape(Random random, TapeModel model) {
        this.random = random;
        this.model = model;
    }

    Step next() {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> write();
            case 5, 6, 7, 8, 9 -> read();
            case 10 -> verify();
            case 11, 12 -> filemarks();
            case 13, 14 -> space();
            case 15 -> locate();
            case 16 -> random.nextInt(6) == 0 ? erase() : rewind();
            case 17 -> blockLength();
            default -> reverse();
        };
    }

    private static Step none(String cdb, TapeModel.Outcome expected) {
        return new Step(cdb, new byte[0], 0, expected);
    }

    private int small() {
        return random.nextInt(4) == 0 ? random.nextInt(LONGEST) : 8 * random.nextInt(4);
    }

    private int count() {
        return random.nextInt(8) == 0 ? random.nextInt(40) : random.nextInt(4);
    }

    private Step write() {
        boolean fixed = random.nextBoolean();
        int length = fixed ? count() : small();
        byte[] data = new byte[fixed ? length * model.blockLength : length];
        random.nextBytes(data);
        boolean sixteen = random.nextInt(8) == 0;
        String cdb = sixteen
                ? String.format("8A %02X 00 00 %016X %06X 00", fixed ? 1 : 0, model.position, length)
                : String.format("0A %02X %06X 00", fixed ? 1 : 0, length);
        return new Step(cdb, data, 0, model.write(fixed, length, data));
    }

    private Step read() {
        boolean fixed = random.nextBoolean();
        boolean sili = random.nextInt(3) == 0;
        int length = fixed ? count() : small();
        int flags = (fixed ? 1 : 0) | (sili ? 2 : 0);
        int room = fixed ? length * model.blockLength : length;
        if (random.nextInt(8) == 0) {
            boolean legal = !(fixed && (sili || model.blockLength == 0));
            int object = model.objects.isEmpty() ? 0 : random.nextInt(model.objects.size() + 1);
            if (legal) {
                model.position = object;
            }
            return new Step(
                    String.format("88 %02X 00 00 %016X %06X 00", flags, object, length),
                    new byte[0],
                    room,
                    model.read(fixed, sili, length, false, true));
        }
        return new Step(
                String.format("08 %02X %06X 00", flags, length),
                new byte[0],
                room,
                model.read(fixed, sili, length, false, true));
    }

    private Step verify() {
        boolean fixed = random.nextBoolean();
        int length = fixed ? count() : small();
        TapeModel.Outcome of = model.read(fixed, false, length, false, true);
        TapeModel.Outcome silent =
                new TapeModel.Outcome(of.key(), of.code(), of.flags(), of.information(), new byte[0]);
        return none(String.format("13 %02X %06X 00", fixed ? 1 : 0, length), silent);
    }

    private Step reverse() {
        boolean fixed = random.nextBoolean();
        boolean sili = random.nextInt(3) == 0;
        boolean forward = random.nextBoolean();
        int length = fixed ? count() : small();
        int flags = (fixed ? 1 : 0) | (sili ? 2 : 0) | (forward ? 4 : 0);
        int room = fixed ? length * model.blockLength : length;
        return new Step(
                String.format("0F %02X %06X 00", flags, length),
                new byte[0],
                room,
                model.read(fixed, sili, length, true, forward));
    }

    private Step filemarks() {
        int count = random.nextInt(3);
        boolean sixteen = random.nextInt(4) == 0;
        String cdb = sixteen
                ? String.format("80 %02X 00 00 %016X %06X 00", random.nextInt(2), model.position, count)
                : String.format("10 %02X %06X 00", random.nextInt(2), count);
        return none(cdb, model.writeFilemarks(count));
    }

    private Step space() {
        int code = random.nextInt(6) == 0 ? 3 : random.nextInt(2);
        long count = random.nextLong(5) - 2;
        if (random.nextInt(8) == 0) {
            count = random.nextLong(200) - 100;
        }
        String cdb = random.nextBoolean()
                ? String.format("11 %02X %06X 00", code, count & 0xFF_FFFF)
                : String.format("91 %02X 00 00 %016X 00 00 00 00", code, count);
        return none(
                cdb,
                switch (code) {
                    case 0 -> model.spaceBlocks(count);
                    case 1 -> model.spaceFilemarks(count);
                    default -> model.locate(model.objects.size());
                });
    }

    private Step locate() {
        int where = random.nextInt(model.objects.size() + 3);
        return switch (random.nextInt(4)) {
            case 0 -> none(String.format("2B 00 00 %08X 00 00 00", where), model.locate(where));
            case 1 -> none(String.format("92 00 00 00 %016X 00 00 00 00", where), model.locate(where));
            case 2 -> {
                int file = random.nextInt(6);
                yield none(String.format("92 08 00 00 %016X 00 00 00 00", file), model.locateFile(file));
            }
            default -> none("92 18 00 00 0000000000000000 00 00 00 00", model.locate(model.objects.size()));
        };
    }

    private Step rewind() {
        return none("01 00 00 00 00 00", model.locate(0));
    }

    private Step erase() {
        return none(String.format("19 %02X 00 00 00 00", random.nextInt(2)), model.erase());
    }

    private Step blockLength() {
        model.blockLength = 8 * random.nextInt(4);
        byte[] list = {0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 0, (byte) model.blockLength};
        return new Step("15 10 00 00 0C 00", list, 0, TapeModel.Outcome.good());
    }
}
