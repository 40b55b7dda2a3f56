// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.ItNexus;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.BigEndian;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import io.sluice.scsi.TaskAttribute;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A command without a ring, for tests that call a device themselves: reusable, strict about bounds and about ending once, and free of
 * allocation like the real one. Threads: one at a time starts it; a device may end it on another.
 */
public final class FakeCommand extends ScsiCommand {
    /** The buffer does not start where the pool does, or a device that ignores {@code dataOffset} would go unnoticed. */
    private static final int OFFSET = 4096;

    private final int room;
    private final MemorySegment pool;
    private final MemorySegment cdb = Arena.ofAuto().allocate(256);
    private final ParameterWriter writer = new ParameterWriter();
    private final SenseData sense = new SenseData();
    private ItNexus nexus;
    private int cdbLength;
    private int bufferLength;
    private int dataOutLength;
    private long expected;
    private volatile @Nullable ScsiStatus status; // last, whatever thread ends the command
    private long called;
    private long sequence = 1;
    private boolean redelivered;

    /** @param room bytes of buffer at most */
    public FakeCommand(ItNexus nexus, int room) {
        this.nexus = nexus;
        this.room = room;
        pool = Arena.ofAuto().allocate((long) OFFSET + room + 4096, 4096);
    }

    /** Starts over: a CDB (padded to 16 bytes as iSCSI does) and room for Data-In. The buffer keeps old bytes. */
    public FakeCommand in(ItNexus from, byte[] bytes, long expectedLength) {
        MemorySegment.copy(bytes, 0, cdb, ValueLayout.JAVA_BYTE, 0, bytes.length);
        cdb.asSlice(bytes.length, 16 - bytes.length).fill((byte) 0);
        nexus = from;
        cdbLength = 16;
        expected = expectedLength;
        bufferLength = (int) Math.min(expectedLength, room);
        dataOutLength = 0;
        return restart();
    }

    /** Starts over with Data-Out. */
    public FakeCommand out(ItNexus from, byte[] bytes, byte[] data) {
        in(from, bytes, data.length);
        MemorySegment.copy(data, 0, pool, ValueLayout.JAVA_BYTE, OFFSET, data.length);
        dataOutLength = data.length;
        return this;
    }

    /** The same command again. */
    public FakeCommand restart() {
        status = null;
        called = 0;
        return this;
    }

    /** The number of the command, which is new or has come again. */
    public FakeCommand numbered(long number, boolean again) {
        sequence = number;
        redelivered = again;
        return this;
    }

    public boolean hasEnded() {
        return status != null;
    }

    public boolean isGood() {
        return status == ScsiStatus.GOOD;
    }

    /** Waits for it, since a device may end a command on a thread of its own. */
    public DeviceAnswer answer() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (status == null && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        ScsiStatus there = status;
        if (there == null) {
            throw new AssertionError("the command did not end");
        }
        int moved = dataOutLength == 0 ? (int) Math.min(called, bufferLength) : 0;
        byte[] data = pool.asSlice(OFFSET, moved).toArray(ValueLayout.JAVA_BYTE);
        return new DeviceAnswer(there, there == ScsiStatus.CHECK_CONDITION ? copyOf(sense) : null, data, called);
    }

    private static SenseData copyOf(SenseData sense) {
        MemorySegment bytes = Arena.ofAuto().allocate(SenseData.MAX_LENGTH);
        return SenseData.decode(bytes, 0, sense.encode(bytes, 0, true));
    }

    private void end(ScsiStatus how, long bytes) {
        if (status != null) {
            throw new IllegalStateException("ended twice");
        }
        called = bytes;
        status = how;
    }

    private long at(long offset, long length) {
        if (offset < 0 || offset + length > bufferLength) {
            throw new IndexOutOfBoundsException(offset);
        }
        return OFFSET + offset;
    }

    @Override
    public int opcode() {
        return cdb8(0);
    }

    @Override
    public int cdbLength() {
        return cdbLength;
    }

    @Override
    public int cdb8(int index) {
        return BigEndian.u8(cdb, index);
    }

    @Override
    public int cdb16(int index) {
        return BigEndian.u16(cdb, index);
    }

    @Override
    public int cdb24(int index) {
        return BigEndian.u24(cdb, index);
    }

    @Override
    public long cdb32(int index) {
        return BigEndian.u32(cdb, index);
    }

    @Override
    public long cdb64(int index) {
        return BigEndian.u64(cdb, index);
    }

    @Override
    public ItNexus nexus() {
        return nexus;
    }

    @Override
    public TaskAttribute attribute() {
        return TaskAttribute.SIMPLE;
    }

    @Override
    public DataDirection direction() {
        return dataOutLength > 0 ? DataDirection.OUT : bufferLength > 0 ? DataDirection.IN : DataDirection.NONE;
    }

    @Override
    public long expectedLength() {
        return expected;
    }

    @Override
    public long sequence() {
        return sequence;
    }

    @Override
    public boolean redelivered() {
        return redelivered;
    }

    @Override
    public long deadlineNanos() {
        return 0;
    }

    @Override
    public int bufferLength() {
        return bufferLength;
    }

    @Override
    public int dataOutLength() {
        return dataOutLength;
    }

    @Override
    public MemorySegment pool() {
        return pool;
    }

    @Override
    public long dataOffset() {
        return OFFSET;
    }

    @Override
    public long dataAddress() {
        return pool.address() + OFFSET;
    }

    @Override
    public int u8(long at) {
        return BigEndian.u8(pool, at(at, 1));
    }

    @Override
    public int u16(long at) {
        return BigEndian.u16(pool, at(at, 2));
    }

    @Override
    public int u24(long at) {
        return BigEndian.u24(pool, at(at, 3));
    }

    @Override
    public long u32(long at) {
        return BigEndian.u32(pool, at(at, 4));
    }

    @Override
    public long u64(long at) {
        return BigEndian.u64(pool, at(at, 8));
    }

    @Override
    public void putU8(long at, int value) {
        BigEndian.putU8(pool, at(at, 1), value);
    }

    @Override
    public void putU16(long at, int value) {
        BigEndian.putU16(pool, at(at, 2), value);
    }

    @Override
    public void putU24(long at, int value) {
        BigEndian.putU24(pool, at(at, 3), value);
    }

    @Override
    public void putU32(long at, long value) {
        BigEndian.putU32(pool, at(at, 4), value);
    }

    @Override
    public void putU64(long at, long value) {
        BigEndian.putU64(pool, at(at, 8), value);
    }

    @Override
    public void fill(long at, long bytes, int value) {
        pool.asSlice(at(at, bytes), bytes).fill((byte) value);
    }

    @Override
    public void write(long at, MemorySegment from, long fromOffset, long bytes) {
        MemorySegment.copy(from, fromOffset, pool, at(at, bytes), bytes);
    }

    @Override
    public void read(long at, MemorySegment to, long toOffset, long bytes) {
        MemorySegment.copy(pool, at(at, bytes), to, toOffset, bytes);
    }

    @Override
    public ParameterWriter dataIn(long allocationLength) {
        return writer.window(pool, OFFSET, bufferLength, allocationLength);
    }

    @Override
    public void good() {
        end(ScsiStatus.GOOD, dataOutLength);
    }

    @Override
    public void good(long bytes) {
        end(ScsiStatus.GOOD, bytes);
    }

    @Override
    public void end(ScsiStatus how) {
        end(how, 0);
    }

    @Override
    public SenseData sense(SenseKey key, AdditionalSense additional) {
        return sense.set(key, additional);
    }

    @Override
    public void check(long bytes) {
        end(ScsiStatus.CHECK_CONDITION, bytes);
    }
}
