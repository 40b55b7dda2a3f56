// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.HotPath;
import io.sluice.handler.ItNexus;
import io.sluice.handler.ScsiCommand;
import io.sluice.ring.Abi;
import io.sluice.ring.CommandDescriptor;
import io.sluice.ring.RingQueue;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.BigEndian;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import io.sluice.scsi.TaskAttribute;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A tag's flyweight over its descriptor. There are two per tag, for even and odd generations, so that a device that ends a
 * command twice meets the old object in its ended state and not the tag's next command.
 */
final class RingCommand extends ScsiCommand implements WorkerPool.Task {
    private static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final CommandCounters NONE = new CommandCounters();
    private static final int DIRECTION_SHIFT = 8 * (CommandDescriptor.DIRECTION - CommandDescriptor.FLAGS);
    private static final int CDB_LEN_SHIFT = 8 * (CommandDescriptor.CDB_LEN - CommandDescriptor.FLAGS);
    private static final int EXECUTING = 1;
    private static final int ENDED = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(RingCommand.class, "state", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final QueueLoop loop;
    private final MemorySegment descriptors;
    private final long at;
    private final MemorySegment handlerRegion;
    private final long senseOffset;
    private final MemorySegment pool;
    private final int tag;
    private final SenseData sense = new SenseData();
    private final ParameterWriter writer = new ParameterWriter();

    @SuppressWarnings("unused") // by STATE
    private volatile int state;

    private int generation;
    private long cdbBase;
    private int cdbLength;
    private int direction;
    private int opcode;
    private int bufferLength;
    private long bufferOffset;
    private @Nullable ServedDevice device;
    private @Nullable ItNexus nexus;
    private CommandCounters counters;
    private long takenNanos;

    // The answer; written by who ends the command, read by the loop after the hand-over.
    private int status;
    private int senseLength;
    private int dataLength;

    RingCommand(QueueLoop loop, RingQueue queue, MemorySegment pool, int tag) {
        this.loop = loop;
        this.descriptors = queue.gatewayRegion();
        this.at = queue.descriptorOffset(tag);
        this.handlerRegion = queue.handlerRegion();
        this.senseOffset = queue.senseOffset(tag);
        this.pool = pool;
        this.tag = tag;
        this.counters = NONE;
    }

    // ---- the loop's side

    /** Device in the lower half, nexus in the upper. */
    @HotPath
    long deviceAndNexus() {
        return word(CommandDescriptor.DEVICE);
    }

    /**
     * Reads what every command needs; the loop only. Two to four fields at a time, because every access of a segment is checked.
     *
     * @param ofGeneration of the tag, as the loop read it
     */
    @HotPath
    void begin(int ofGeneration, ServedDevice servedBy, ItNexus from, CommandCounters countedBy, long now) {
        counters = countedBy;
        device = servedBy;
        nexus = from;
        generation = ofGeneration;
        long kind = word(CommandDescriptor.FLAGS);
        direction = (int) (kind >>> DIRECTION_SHIFT) & 0xFF;
        cdbLength = (int) (kind >>> CDB_LEN_SHIFT) & 0xFFFF;
        cdbBase = cdbLength > Abi.CDB_INLINE ? word(CommandDescriptor.CDB_EXT_OFF) : at + CommandDescriptor.CDB;
        opcode = BigEndian.u8(descriptors, cdbBase);
        bufferLength = int32(CommandDescriptor.BUF_LEN);
        bufferOffset = word(CommandDescriptor.BUF_OFF);
        takenNanos = now;
        STATE.setRelease(this, EXECUTING);
    }

    @HotPath
    int tag() {
        return tag;
    }

    @HotPath
    int generation() {
        return generation;
    }

    @HotPath
    long takenNanos() {
        return takenNanos;
    }

    @HotPath
    CommandCounters counters() {
        return counters;
    }

    @HotPath
    int status() {
        return status;
    }

    @HotPath
    int senseLength() {
        return senseLength;
    }

    @HotPath
    int dataLength() {
        return dataLength;
    }

    @HotPath
    int directionCode() {
        return direction;
    }

    /** It is no command for the device: the gateway wants a record stored. */
    @HotPath
    boolean stores() {
        return (int16(CommandDescriptor.FLAGS) & Abi.DESC_STORE) != 0;
    }

    boolean isExecuting(int ofGeneration) {
        return state == EXECUTING && generation == ofGeneration;
    }

    /** The loop staged the answer. */
    @HotPath
    void finish() {
        device = null;
        nexus = null;
    }

    /** On a worker: for a device with PARALLEL execution, and to store. */
    @Override
    @HotPath
    public void run() {
        ServedDevice servedBy = device;
        if (servedBy == null) {
            return;
        }
        if (stores()) {
            servedBy.store(this);
        } else {
            servedBy.execute(this);
        }
    }

    @HotPath
    private long word(int field) {
        return descriptors.get(LE64, at + field);
    }

    @HotPath
    private int int32(int field) {
        return descriptors.get(LE32, at + field);
    }

    @HotPath
    private int int16(int field) {
        return descriptors.get(LE16, at + field) & 0xFFFF;
    }

    // ---- who and what

    @Override
    @HotPath
    public int opcode() {
        return opcode;
    }

    @Override
    @HotPath
    public int cdbLength() {
        return cdbLength;
    }

    @HotPath
    private long cdbAt(int index, int width) {
        if (index < 0 || index + width > Math.max(Abi.CDB_INLINE, cdbLength)) {
            throw new IndexOutOfBoundsException(index);
        }
        return cdbBase + index;
    }

    @Override
    @HotPath
    public int cdb8(int index) {
        return BigEndian.u8(descriptors, cdbAt(index, 1));
    }

    @Override
    @HotPath
    public int cdb16(int index) {
        return BigEndian.u16(descriptors, cdbAt(index, 2));
    }

    @Override
    @HotPath
    public int cdb24(int index) {
        return BigEndian.u24(descriptors, cdbAt(index, 3));
    }

    @Override
    @HotPath
    public long cdb32(int index) {
        return BigEndian.u32(descriptors, cdbAt(index, 4));
    }

    @Override
    @HotPath
    public long cdb64(int index) {
        return BigEndian.u64(descriptors, cdbAt(index, 8));
    }

    @Override
    @HotPath
    public ItNexus nexus() {
        ItNexus from = nexus;
        if (from == null) {
            throw new IllegalStateException("command of tag " + tag + " is not executing: a device held it too long");
        }
        return from;
    }

    @Override
    @HotPath
    public TaskAttribute attribute() {
        return TaskAttribute.of(descriptors.get(ValueLayout.JAVA_BYTE, at + CommandDescriptor.ATTRIBUTE));
    }

    @Override
    @HotPath
    public DataDirection direction() {
        return DataDirection.of(directionCode());
    }

    @Override
    @HotPath
    public long expectedLength() {
        return int32(CommandDescriptor.EXPECTED_LEN) & 0xFFFF_FFFFL;
    }

    @Override
    @HotPath
    public long sequence() {
        return word(CommandDescriptor.SEQUENCE);
    }

    @Override
    @HotPath
    public boolean redelivered() {
        return (int16(CommandDescriptor.FLAGS) & Abi.DESC_REDELIVERED) != 0;
    }

    @Override
    @HotPath
    public long deadlineNanos() {
        return word(CommandDescriptor.DEADLINE_NS);
    }

    // ---- data

    @Override
    @HotPath
    public int bufferLength() {
        return bufferLength;
    }

    @Override
    @HotPath
    public int dataOutLength() {
        return int32(CommandDescriptor.DATA_OUT_LEN);
    }

    @Override
    @HotPath
    public MemorySegment pool() {
        return pool;
    }

    @Override
    @HotPath
    public long dataOffset() {
        return bufferOffset;
    }

    @Override
    @HotPath
    public long dataAddress() {
        return pool.address() + bufferOffset;
    }

    @HotPath
    private long dataAt(long index, long width) {
        if (index < 0 || width < 0 || index > bufferLength - width) {
            throw new IndexOutOfBoundsException(index);
        }
        return bufferOffset + index;
    }

    @Override
    @HotPath
    public int u8(long index) {
        return BigEndian.u8(pool, dataAt(index, 1));
    }

    @Override
    @HotPath
    public int u16(long index) {
        return BigEndian.u16(pool, dataAt(index, 2));
    }

    @Override
    @HotPath
    public int u24(long index) {
        return BigEndian.u24(pool, dataAt(index, 3));
    }

    @Override
    @HotPath
    public long u32(long index) {
        return BigEndian.u32(pool, dataAt(index, 4));
    }

    @Override
    @HotPath
    public long u64(long index) {
        return BigEndian.u64(pool, dataAt(index, 8));
    }

    @Override
    @HotPath
    public void putU8(long index, int value) {
        BigEndian.putU8(pool, dataAt(index, 1), value);
    }

    @Override
    @HotPath
    public void putU16(long index, int value) {
        BigEndian.putU16(pool, dataAt(index, 2), value);
    }

    @Override
    @HotPath
    public void putU24(long index, int value) {
        BigEndian.putU24(pool, dataAt(index, 3), value);
    }

    @Override
    @HotPath
    public void putU32(long index, long value) {
        BigEndian.putU32(pool, dataAt(index, 4), value);
    }

    @Override
    @HotPath
    public void putU64(long index, long value) {
        BigEndian.putU64(pool, dataAt(index, 8), value);
    }

    @Override
    @HotPath
    public void fill(long index, long bytes, int value) {
        long from = dataAt(index, bytes);
        long words = bytes >> 3;
        long word = (value & 0xFFL) * 0x0101_0101_0101_0101L;
        for (long i = 0; i < words; i++) {
            pool.set(ValueLayout.JAVA_LONG_UNALIGNED, from + (i << 3), word);
        }
        for (long i = words << 3; i < bytes; i++) {
            pool.set(ValueLayout.JAVA_BYTE, from + i, (byte) value);
        }
    }

    @Override
    @HotPath
    public void write(long index, MemorySegment from, long fromOffset, long bytes) {
        MemorySegment.copy(from, fromOffset, pool, dataAt(index, bytes), bytes);
    }

    @Override
    @HotPath
    public void read(long index, MemorySegment to, long toOffset, long bytes) {
        MemorySegment.copy(pool, dataAt(index, bytes), to, toOffset, bytes);
    }

    @Override
    @HotPath
    public ParameterWriter dataIn(long allocationLength) {
        return writer.window(pool, bufferOffset, bufferLength, allocationLength);
    }

    // ---- ends

    @Override
    @HotPath
    public void good() {
        end(0, 0, directionCode() == 1 ? dataOutLength() : 0);
    }

    @Override
    @HotPath
    public void good(long bytes) {
        end(0, 0, bytes);
    }

    @Override
    @HotPath
    public void end(ScsiStatus with) {
        if (with == ScsiStatus.CHECK_CONDITION) {
            throw new IllegalArgumentException("CHECK CONDITION needs sense data: end with check(key, additional)");
        }
        end(with.code(), 0, 0);
    }

    @Override
    @HotPath
    public SenseData sense(SenseKey key, AdditionalSense additional) {
        return sense.set(key, additional);
    }

    @Override
    @HotPath
    public void check(long bytes) {
        end(ScsiStatus.CHECK_CONDITION.code(), 1, bytes);
    }

    @HotPath
    private void end(int with, int withSense, long bytes) {
        ServedDevice servedBy = device;
        if (servedBy == null || !STATE.compareAndSet(this, EXECUTING, ENDED)) {
            throw endedTwice();
        }
        status = with;
        dataLength = (int) Math.min(bytes, 0xFFFF_FFFFL);
        senseLength = withSense == 0 ? 0 : sense.encode(handlerRegion, senseOffset, servedBy.descriptorSense());
        loop.ended(this);
    }

    private IllegalStateException endedTwice() {
        loop.refusedEnd();
        return new IllegalStateException("command of tag " + tag + " was ended already: a device ends each command"
                + " once, and must not touch it afterwards");
    }

    @Override
    public String toString() {
        return String.format("command %02Xh of tag %d, generation %d", opcode, tag, generation);
    }
}
