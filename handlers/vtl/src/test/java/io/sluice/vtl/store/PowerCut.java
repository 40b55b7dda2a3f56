// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * What a power cut leaves of recorded operations: all that was synced, and of the rest, whatever chance wants, sector by sector. Fed with
 * one operation after another; {@link #leave} may be asked at any time.
 */
final class PowerCut {
    static final List<Mood> MOODS = List.of(Mood.values());

    private static final int SECTOR = 512;

    private final Map<Integer, byte[]> synced = new HashMap<>();
    private final Map<Integer, List<SimulatedStorage.Op>> unsynced = new HashMap<>();
    private final TreeMap<String, Integer> names = new TreeMap<>();
    private final TreeMap<String, Integer> unlinked = new TreeMap<>();

    /** Of storage that was just made. */
    static PowerCut of(SimulatedStorage storage) {
        PowerCut cut = new PowerCut();
        storage.files.forEach((name, content) ->
                cut.then(new SimulatedStorage.Op(SimulatedStorage.Kind.LINK, name, content.number, 0, content.bytes)));
        return cut;
    }

    void then(SimulatedStorage.Op op) {
        switch (op.kind()) {
            case LINK -> {
                unlinked.clear();
                names.put(op.name(), op.file());
                synced.put(op.file(), op.bytes());
                unsynced.put(op.file(), new ArrayList<>());
            }
            case UNLINK -> {
                names.remove(op.name());
                unlinked.put(op.name(), op.file());
            }
            case APPEND, TRUNCATE -> waiting(op.file()).add(op);
            case SYNC -> {
                synced.put(op.file(), all(op.file()));
                waiting(op.file()).clear();
            }
        }
    }

    private byte[] base(int file) {
        return Objects.requireNonNull(synced.get(file));
    }

    private List<SimulatedStorage.Op> waiting(int file) {
        return Objects.requireNonNull(unsynced.get(file));
    }

    private byte[] all(int file) {
        byte[] bytes = base(file);
        for (SimulatedStorage.Op op : waiting(file)) {
            bytes = Arrays.copyOf(bytes, (int) op.offset() + op.bytes().length);
            System.arraycopy(op.bytes(), 0, bytes, (int) op.offset(), op.bytes().length);
        }
        return bytes;
    }

    /** How much of what was not synced stays. */
    enum Mood {
        ALL,
        NOTHING,
        SOME,
        TORN
    }

    Map<String, byte[]> leave(Mood mood, Random random) {
        Map<String, byte[]> left = new TreeMap<>();
        names.forEach((name, file) -> left.put(name, leave(file, mood, random)));
        unlinked.forEach((name, file) -> {
            if (mood != Mood.ALL && !left.containsKey(name) && random.nextBoolean()) {
                left.put(name, leave(file, mood, random));
            }
        });
        return left;
    }

    private byte[] leave(int file, Mood mood, Random random) {
        if (mood == Mood.ALL) {
            return all(file);
        }
        byte[] bytes = base(file);
        if (mood == Mood.NOTHING) {
            return bytes;
        }
        for (SimulatedStorage.Op op : waiting(file)) {
            if (random.nextInt(4) != 0) {
                bytes = op.kind() == SimulatedStorage.Kind.TRUNCATE
                        ? Arrays.copyOf(bytes, (int) op.offset())
                        : write(bytes, op, mood, random);
            }
        }
        return bytes;
    }

    /** A sector is there whole or not at all; what is not there reads as zeros, or as what the medium held before. */
    private static byte[] write(byte[] old, SimulatedStorage.Op op, Mood mood, Random random) {
        int from = (int) op.offset();
        int to = from + op.bytes().length;
        byte[] bytes = Arrays.copyOf(old, Math.max(old.length, to));
        if (random.nextInt(8) == 0) {
            for (int i = Math.max(old.length, from); i < to; i++) {
                bytes[i] = (byte) random.nextInt();
            }
        }
        for (int at = from; at < to; ) {
            int end = Math.min(to, (at / SECTOR + 1) * SECTOR);
            if (mood != Mood.TORN || random.nextInt(3) != 0) {
                System.arraycopy(op.bytes(), at - from, bytes, at, end - at);
            }
            at = end;
        }
        int shorter = mood == Mood.TORN && random.nextInt(4) == 0 ? random.nextInt(to - from) : 0;
        return Arrays.copyOf(bytes, Math.max(old.length, bytes.length - shorter));
    }
}
