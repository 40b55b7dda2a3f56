// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.handler.ItNexus;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import io.sluice.scsi.TaskAttribute;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way through a drive: the runtime's, except that its end is recorded with the state that it leaves, and only
 * then told. A drive has one, because it runs one command at a time and each ends within {@link io.sluice.handler.Device#execute}.
 */
final class DriveCommand extends ScsiCommand {
    private final DriveState state;
    private final StateFile file;
    private final CrashPoint crashPoint;
    private final Answer answer = new Answer();
    private final SenseData unused = new SenseData();
    private ScsiCommand command;
    private SenseData sense = unused;
    private boolean recorded;
    private @Nullable Answer former;

    DriveCommand(DriveState state, StateFile file, CrashPoint crashPoint) {
        this.state = state;
        this.file = file;
        this.crashPoint = crashPoint;
        this.command = this;
    }

    /** Starts a command whose end is to be recorded. */
    @HotPath
    void begin(ScsiCommand next) {
        start(next, true);
        former = null;
    }

    /**
     * Starts a command that ended before, for its data once more.
     *
     * @param how it ended: so it does again, whatever is found now; null: as it is found
     */
    void repeat(ScsiCommand next, @Nullable Answer how) {
        start(next, false);
        former = how;
    }

    @HotPath
    private void start(ScsiCommand next, boolean record) {
        command = next;
        recorded = record;
        sense = unused;
        answer.sequence = next.sequence();
        answer.positionBefore = state.position;
        answer.alertsBefore = state.alerts;
        answer.loadBefore = state.load;
    }

    @HotPath
    private void record(int status, long bytes) {
        if (!recorded) {
            return;
        }
        answer.status = status;
        answer.bytes = bytes;
        if (status == Answer.CHECK) {
            answer.take(sense);
        }
        file.record(answer);
        state.sequence = answer.sequence;
        file.commit(state);
        crashPoint.pass();
    }

    // ---- ends

    @Override
    @HotPath
    public void good() {
        good(command.dataOutLength());
    }

    @Override
    @HotPath
    public void good(long bytes) {
        Answer again = former;
        if (again != null) {
            again.give(command);
            return;
        }
        record(Answer.GOOD, bytes);
        command.good(bytes);
    }

    @Override
    public void end(ScsiStatus status) {
        throw new IllegalStateException("a drive ends commands GOOD or CHECK CONDITION, not " + status);
    }

    @Override
    @HotPath
    public SenseData sense(SenseKey key, AdditionalSense additional) {
        sense = command.sense(key, additional);
        return sense;
    }

    @Override
    @HotPath
    public void check(long bytes) {
        Answer again = former;
        if (again != null) {
            again.give(command);
            return;
        }
        record(Answer.CHECK, bytes);
        command.check(bytes);
    }

    // ---- who, what, data: the runtime's

    @Override
    @HotPath
    public int opcode() {
        return command.opcode();
    }

    @Override
    @HotPath
    public int cdbLength() {
        return command.cdbLength();
    }

    @Override
    @HotPath
    public int cdb8(int index) {
        return command.cdb8(index);
    }

    @Override
    @HotPath
    public int cdb16(int index) {
        return command.cdb16(index);
    }

    @Override
    @HotPath
    public int cdb24(int index) {
        return command.cdb24(index);
    }

    @Override
    @HotPath
    public long cdb32(int index) {
        return command.cdb32(index);
    }

    @Override
    @HotPath
    public long cdb64(int index) {
        return command.cdb64(index);
    }

    @Override
    @HotPath
    public ItNexus nexus() {
        return command.nexus();
    }

    @Override
    @HotPath
    public TaskAttribute attribute() {
        return command.attribute();
    }

    @Override
    @HotPath
    public DataDirection direction() {
        return command.direction();
    }

    @Override
    @HotPath
    public long expectedLength() {
        return command.expectedLength();
    }

    @Override
    @HotPath
    public long sequence() {
        return command.sequence();
    }

    @Override
    @HotPath
    public boolean redelivered() {
        return command.redelivered();
    }

    @Override
    @HotPath
    public long deadlineNanos() {
        return command.deadlineNanos();
    }

    @Override
    @HotPath
    public int bufferLength() {
        return command.bufferLength();
    }

    @Override
    @HotPath
    public int dataOutLength() {
        return command.dataOutLength();
    }

    @Override
    @HotPath
    public MemorySegment pool() {
        return command.pool();
    }

    @Override
    @HotPath
    public long dataOffset() {
        return command.dataOffset();
    }

    @Override
    @HotPath
    public long dataAddress() {
        return command.dataAddress();
    }

    @Override
    @HotPath
    public int u8(long at) {
        return command.u8(at);
    }

    @Override
    @HotPath
    public int u16(long at) {
        return command.u16(at);
    }

    @Override
    @HotPath
    public int u24(long at) {
        return command.u24(at);
    }

    @Override
    @HotPath
    public long u32(long at) {
        return command.u32(at);
    }

    @Override
    @HotPath
    public long u64(long at) {
        return command.u64(at);
    }

    @Override
    @HotPath
    public void putU8(long at, int value) {
        command.putU8(at, value);
    }

    @Override
    @HotPath
    public void putU16(long at, int value) {
        command.putU16(at, value);
    }

    @Override
    @HotPath
    public void putU24(long at, int value) {
        command.putU24(at, value);
    }

    @Override
    @HotPath
    public void putU32(long at, long value) {
        command.putU32(at, value);
    }

    @Override
    @HotPath
    public void putU64(long at, long value) {
        command.putU64(at, value);
    }

    @Override
    @HotPath
    public void fill(long at, long bytes, int value) {
        command.fill(at, bytes, value);
    }

    @Override
    @HotPath
    public void write(long at, MemorySegment from, long fromOffset, long bytes) {
        command.write(at, from, fromOffset, bytes);
    }

    @Override
    @HotPath
    public void read(long at, MemorySegment to, long toOffset, long bytes) {
        command.read(at, to, toOffset, bytes);
    }

    @Override
    @HotPath
    public ParameterWriter dataIn(long allocationLength) {
        return command.dataIn(allocationLength);
    }
}
