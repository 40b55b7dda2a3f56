// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import io.sluice.scsi.TaskAttribute;
import java.lang.foreign.MemorySegment;

/**
 * One command in a device's hands: a window on the ring's descriptor and on the data pool. The runtime owns the object
 * and reuses it; a device holds it from {@link Device#execute} until it ends it, and must end it exactly once. Ending
 * it again throws {@link IllegalStateException} and harms nobody. Nothing here allocates unless it says so.
 *
 * <pre>
 *   CDB     cdb8(i) cdb16(i) ...      big-endian, i counts from the operation code
 *   data    u8(at) putU8(at, v) ...   `at` counts from the start of this command's buffer,
 *           read(...) write(...)      which has bufferLength() bytes: bounds are checked
 *   end     good() good(bytes) check(key, asc) invalidField(byte, bit) end(status)
 *           sense(key, asc) + check() for more than key and code
 * </pre>
 *
 * <p>The buffer holds {@link #dataOutLength()} bytes of Data-Out when the command comes. Data-In is written from the
 * buffer's start; the buffer may hold old bytes of other commands, so write every byte that you report.
 *
 * <p>Not for subclassing by devices; {@code io.sluice.handler.testing.GatewayDouble} makes commands for tests.
 */
public abstract class ScsiCommand {
    /** For the runtime. */
    protected ScsiCommand() {}

    // ---- who and what

    /** CDB byte 0. */
    @HotPath
    public abstract int opcode();

    /** Bytes that came as CDB: at least the length that the operation code implies; iSCSI always sends 16. */
    @HotPath
    public abstract int cdbLength();

    /** Byte {@code index} of the CDB, 0 to 255. Zero past {@link #cdbLength()} up to byte 15. */
    @HotPath
    public abstract int cdb8(int index);

    @HotPath
    public abstract int cdb16(int index);

    @HotPath
    public abstract int cdb24(int index);

    @HotPath
    public abstract long cdb32(int index);

    /** All 64 bits: negative when the top bit is set. */
    @HotPath
    public abstract long cdb64(int index);

    /** One bit of the CDB. */
    @HotPath
    public final boolean cdbBit(int index, int bit) {
        return ((cdb8(index) >> bit) & 1) != 0;
    }

    /** Service action: bits 4 to 0 of byte 1, or bytes 8 and 9 of a variable length CDB. */
    @HotPath
    public final int serviceAction() {
        return opcode() == 0x7F ? cdb16(8) : cdb8(1) & 0x1F;
    }

    @HotPath
    public abstract ItNexus nexus();

    @HotPath
    public abstract TaskAttribute attribute();

    @HotPath
    public abstract DataDirection direction();

    /** The initiator's expected data transfer length, bytes; may exceed {@link #bufferLength()}. */
    @HotPath
    public abstract long expectedLength();

    /** Per device, from 1, in the order of hand-over; the same when the command is redelivered. */
    @HotPath
    public abstract long sequence();

    /** An earlier process of this session may have executed this command. Only with {@link Recovery#REDELIVER}. */
    @HotPath
    public abstract boolean redelivered();

    /** On the clock of {@link System#nanoTime()}; past it the initiator has its answer from the gateway. 0: never. */
    @HotPath
    public abstract long deadlineNanos();

    // ---- data

    /** Bytes of buffer: the lesser of the expected length and the device's {@code maxTransferBytes}. */
    @HotPath
    public abstract int bufferLength();

    /** Bytes of Data-Out in the buffer. */
    @HotPath
    public abstract int dataOutLength();

    /**
     * The pool of the whole session, for copying without allocation; this command's part is {@link #dataOffset()} to
     * {@code dataOffset() + bufferLength()}, and the rest belongs to others. Valid until the command ends.
     */
    @HotPath
    public abstract MemorySegment pool();

    /** Where this command's buffer starts in {@link #pool()}; a multiple of 4096. */
    @HotPath
    public abstract long dataOffset();

    /** The buffer's address, for native I/O such as {@code pread} with O_DIRECT; a multiple of 4096. */
    @HotPath
    public abstract long dataAddress();

    /** The buffer as a segment of its own, {@link #bufferLength()} bytes. Allocates a small object. */
    public final MemorySegment data() {
        return pool().asSlice(dataOffset(), bufferLength());
    }

    @HotPath
    public abstract int u8(long at);

    @HotPath
    public abstract int u16(long at);

    @HotPath
    public abstract int u24(long at);

    @HotPath
    public abstract long u32(long at);

    @HotPath
    public abstract long u64(long at);

    @HotPath
    public abstract void putU8(long at, int value);

    @HotPath
    public abstract void putU16(long at, int value);

    @HotPath
    public abstract void putU24(long at, int value);

    @HotPath
    public abstract void putU32(long at, long value);

    @HotPath
    public abstract void putU64(long at, long value);

    /** Sets {@code bytes} of the buffer to one value. */
    @HotPath
    public abstract void fill(long at, long bytes, int value);

    /** Copies from a segment of the device into the buffer. */
    @HotPath
    public abstract void write(long at, MemorySegment from, long fromOffset, long bytes);

    /** Copies from the buffer into a segment of the device. */
    @HotPath
    public abstract void read(long at, MemorySegment to, long toOffset, long bytes);

    /**
     * A writer of parameter data into the buffer, cut off at {@code allocationLength}; what the initiator left no room for is
     * counted and not written. End with {@link #good(ParameterWriter)}. One per command.
     */
    @HotPath
    public abstract ParameterWriter dataIn(long allocationLength);

    // ---- ends; each exactly once, from any thread

    /** GOOD without data, or with all Data-Out taken ({@link #dataOutLength()} bytes). */
    @HotPath
    public abstract void good();

    /**
     * GOOD with what the CDB called for: bytes of Data-In from the buffer's start. May exceed {@link #expectedLength()}; the
     * gateway moves what fits and reports the residual.
     */
    @HotPath
    public abstract void good(long bytes);

    /**
     * GOOD of a command that takes Data-Out: bytes that the CDB called for, which may exceed {@link #dataOutLength()}. An initiator
     * that announced Data-In for it gets none: {@link #good(long)} would send it what the buffer held before.
     */
    @HotPath
    public final void taken(long bytes) {
        good(direction() == DataDirection.IN ? 0 : bytes);
    }

    /** GOOD with what was written through {@link #dataIn}. */
    @HotPath
    public final void good(ParameterWriter data) {
        good(data.transferLength());
    }

    /** A status without sense and data. CHECK CONDITION is refused: use {@link #check(SenseKey, AdditionalSense)}. */
    @HotPath
    public abstract void end(ScsiStatus status);

    /** CHECK CONDITION with key and code. */
    @HotPath
    public final void check(SenseKey key, AdditionalSense additional) {
        sense(key, additional);
        check();
    }

    /**
     * Starts sense data; add to it, then call {@link #check()} or {@link #check(long)}: {@code
     * command.sense(MISCOMPARE, MISCOMPARE_DURING_VERIFY_OPERATION).information(offset); command.check();}
     */
    @HotPath
    public abstract SenseData sense(SenseKey key, AdditionalSense additional);

    /** CHECK CONDITION with the sense data that {@link #sense} started, and no data. */
    @HotPath
    public final void check() {
        check(0);
    }

    /** The same with {@code bytes} of data, as for a tape's block of another length. */
    @HotPath
    public abstract void check(long bytes);

    /** ILLEGAL REQUEST, INVALID FIELD IN CDB (24/00), pointing to a whole byte. */
    @HotPath
    public final void invalidField(int cdbByte) {
        invalidField(cdbByte, -1);
    }

    /** The same pointing to a field by its most significant bit. */
    @HotPath
    public final void invalidField(int cdbByte, int bit) {
        sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB).fieldPointer(true, cdbByte, bit);
        check();
    }

    /** ILLEGAL REQUEST, INVALID FIELD IN PARAMETER LIST (26/00), pointing into the Data-Out; bit -1 for a whole byte. */
    @HotPath
    public final void invalidParameter(int dataByte, int bit) {
        sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST)
                .fieldPointer(false, dataByte, bit);
        check();
    }

    /** ILLEGAL REQUEST, PARAMETER LIST LENGTH ERROR (1A/00). */
    @HotPath
    public final void parameterListLengthError() {
        check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    }

    /** HARDWARE ERROR, INTERNAL TARGET FAILURE (44/00): the device's own fault. */
    @HotPath
    public final void internalFailure() {
        check(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);
    }
}
