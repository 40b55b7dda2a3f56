// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The drive's memory across the death of its process: a small mapped file. Storing costs no system call, and what was stored
 * survives {@code kill -9} because the kernel owns the pages. It is nothing to rely on after a power cut; then the drive starts
 * afresh.
 *
 * <pre>
 *   0     magic   8 replaced by
 *   64    slot 0, 512 bytes    DriveState; stamp 0 while it is written, else
 *   576   slot 1, 512 bytes      one more than that of the other slot: the higher one counts
 *   1088  answers, 64 bytes each, at sequence mod {@value #ANSWERS}: how the last commands ended
 *
 *   slot    0 stamp  8 sequence  16 position  24 load state, buffered mode  32 block length, clock origin  40 mount (2)
 *           56 alerts  64 clock offset  72 raised  128 counters
 *   answer  0 sequence  8 position before  16 alerts before  24 load state before, status  32 information  40 bytes
 *           48 sense: key, code, flags  56 sense key specific
 * </pre>
 *
 * <p>All numbers are in the machine's byte order: the file never leaves it. One thread at a time.
 */
final class StateFile {
    /** More than commands can be with a drive at once. */
    static final int ANSWERS = 512;

    private static final long MAGIC = 0x534C_5543_4454_5631L;
    private static final int REPLACED_BY = 8;
    private static final int SLOTS = 64;
    private static final int SLOT_BYTES = 512;
    private static final int COUNTERS = 128;
    private static final int FIRST_ANSWER = SLOTS + 2 * SLOT_BYTES;
    private static final int ANSWER_BYTES = 64;
    private static final long BYTES = FIRST_ANSWER + (long) ANSWERS * ANSWER_BYTES;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final MemorySegment memory;
    private final CrashPoint crashPoint;
    private long stamp;

    private StateFile(MemorySegment memory, CrashPoint crashPoint) {
        this.memory = memory;
        this.crashPoint = crashPoint;
    }

    /**
     * Opens the file, or makes it.
     *
     * @throws IOException if it cannot be mapped; the message names it
     */
    static StateFile open(Path file, CrashPoint crashPoint) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, Arena.ofAuto());
            if (memory.get(LONG, 0) != MAGIC) {
                memory.fill((byte) 0);
                VarHandle.releaseFence();
                memory.set(LONG, 0, MAGIC);
            }
            return new StateFile(memory, crashPoint);
        } catch (IOException failed) {
            throw new IOException(
                    file + " cannot be mapped: " + failed.getMessage() + "; see to its file system", failed);
        }
    }

    // ---- the state

    /** The state that was committed last; leaves {@code state} alone if there is none. */
    void load(DriveState state) {
        state.replacedBy = memory.get(LONG, REPLACED_BY);
        long first = memory.get(LONG, SLOTS);
        long second = memory.get(LONG, SLOTS + SLOT_BYTES);
        stamp = Math.max(first, second);
        if (stamp == 0) {
            return;
        }
        long slot = slot(stamp);
        state.sequence = memory.get(LONG, slot + 8);
        state.position = memory.get(LONG, slot + 16);
        state.load = LoadState.of(memory.get(INT, slot + 24));
        state.bufferedMode = memory.get(INT, slot + 28);
        state.blockLength = memory.get(INT, slot + 32);
        state.clockOrigin = memory.get(INT, slot + 36);
        state.mountHigh = memory.get(LONG, slot + 40);
        state.mountLow = memory.get(LONG, slot + 48);
        state.alerts = memory.get(LONG, slot + 56);
        state.clockOffsetMillis = memory.get(LONG, slot + 64);
        state.raised = memory.get(LONG, slot + 72);
        for (int i = 0; i < Counter.SIZE; i++) {
            state.counters[i] = memory.get(LONG, slot + COUNTERS + 8L * i);
        }
    }

    /** Stamps alternate between the slots: 1 is in slot 1, 2 in slot 0. */
    private static long slot(long stamp) {
        return SLOTS + (stamp & 1) * SLOT_BYTES;
    }

    /** Makes this the state that a successor goes on with; at every instant there is the former one or this one. */
    @HotPath
    void commit(DriveState state) {
        long next = stamp + 1;
        long slot = slot(next);
        memory.set(LONG, slot, 0);
        // Stores of one thread stay in order for whoever reads the pages after its death; the fences bind the compiler.
        VarHandle.releaseFence();
        crashPoint.pass();
        memory.set(LONG, slot + 8, state.sequence);
        memory.set(LONG, slot + 16, state.position);
        crashPoint.pass();
        memory.set(INT, slot + 24, state.load.code());
        memory.set(INT, slot + 28, state.bufferedMode);
        memory.set(INT, slot + 32, state.blockLength);
        memory.set(INT, slot + 36, state.clockOrigin);
        memory.set(LONG, slot + 40, state.mountHigh);
        memory.set(LONG, slot + 48, state.mountLow);
        memory.set(LONG, slot + 56, state.alerts);
        memory.set(LONG, slot + 64, state.clockOffsetMillis);
        memory.set(LONG, slot + 72, state.raised);
        for (int i = 0; i < Counter.SIZE; i++) {
            memory.set(LONG, slot + COUNTERS + 8L * i, state.counters[i]);
        }
        crashPoint.pass();
        VarHandle.releaseFence();
        memory.set(LONG, slot, next);
        stamp = next;
        crashPoint.pass();
    }

    /** See {@link DriveState#replacedBy}: known before the first object goes, since a death may come with the next. */
    @HotPath
    void replacing(long sequence) {
        memory.set(LONG, REPLACED_BY, sequence);
        VarHandle.releaseFence();
        crashPoint.pass();
    }

    // ---- the answers

    private static long entry(long sequence) {
        return FIRST_ANSWER + Math.floorMod(sequence, ANSWERS) * (long) ANSWER_BYTES;
    }

    /** Records how a command ended; {@link #commit} of its sequence number makes it count. */
    @HotPath
    void record(Answer answer) {
        long entry = entry(answer.sequence);
        memory.set(LONG, entry, 0);
        VarHandle.releaseFence();
        crashPoint.pass();
        memory.set(LONG, entry + 8, answer.positionBefore);
        memory.set(LONG, entry + 16, answer.alertsBefore);
        memory.set(INT, entry + 24, answer.loadBefore.code());
        memory.set(INT, entry + 28, answer.status);
        memory.set(LONG, entry + 32, answer.information);
        memory.set(LONG, entry + 40, answer.bytes);
        memory.set(LONG, entry + 48, answer.sense);
        memory.set(LONG, entry + 56, answer.keySpecific);
        crashPoint.pass();
        VarHandle.releaseFence();
        memory.set(LONG, entry, answer.sequence);
    }

    /** False if how that command ended is not known. */
    boolean find(long sequence, Answer answer) {
        long entry = entry(sequence);
        if (memory.get(LONG, entry) != sequence) {
            return false;
        }
        answer.sequence = sequence;
        answer.positionBefore = memory.get(LONG, entry + 8);
        answer.alertsBefore = memory.get(LONG, entry + 16);
        answer.loadBefore = LoadState.of(memory.get(INT, entry + 24));
        answer.status = memory.get(INT, entry + 28);
        answer.information = memory.get(LONG, entry + 32);
        answer.bytes = memory.get(LONG, entry + 40);
        answer.sense = memory.get(LONG, entry + 48);
        answer.keySpecific = memory.get(LONG, entry + 56);
        return true;
    }

    /** No command has ended yet. */
    void forgetAnswers() {
        memory.asSlice(FIRST_ANSWER).fill((byte) 0);
    }
}
