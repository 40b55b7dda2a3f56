// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

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

/** A command that is another one, but for what a subclass does to it: how tests spoil a device's answers. */
class ForwardingCommand extends ScsiCommand {
    final ScsiCommand real;

    ForwardingCommand(ScsiCommand real) {
        this.real = real;
    }

    @Override
    public int opcode() {
        return real.opcode();
    }

    @Override
    public int cdbLength() {
        return real.cdbLength();
    }

    @Override
    public int cdb8(int index) {
        return real.cdb8(index);
    }

    @Override
    public int cdb16(int index) {
        return real.cdb16(index);
    }

    @Override
    public int cdb24(int index) {
        return real.cdb24(index);
    }

    @Override
    public long cdb32(int index) {
        return real.cdb32(index);
    }

    @Override
    public long cdb64(int index) {
        return real.cdb64(index);
    }

    @Override
    public ItNexus nexus() {
        return real.nexus();
    }

    @Override
    public TaskAttribute attribute() {
        return real.attribute();
    }

    @Override
    public DataDirection direction() {
        return real.direction();
    }

    @Override
    public long expectedLength() {
        return real.expectedLength();
    }

    @Override
    public long sequence() {
        return real.sequence();
    }

    @Override
    public boolean redelivered() {
        return real.redelivered();
    }

    @Override
    public long deadlineNanos() {
        return real.deadlineNanos();
    }

    @Override
    public int bufferLength() {
        return real.bufferLength();
    }

    @Override
    public int dataOutLength() {
        return real.dataOutLength();
    }

    @Override
    public MemorySegment pool() {
        return real.pool();
    }

    @Override
    public long dataOffset() {
        return real.dataOffset();
    }

    @Override
    public long dataAddress() {
        return real.dataAddress();
    }

    @Override
    public int u8(long at) {
        return real.u8(at);
    }

    @Override
    public int u16(long at) {
        return real.u16(at);
    }

    @Override
    public int u24(long at) {
        return real.u24(at);
    }

    @Override
    public long u32(long at) {
        return real.u32(at);
    }

    @Override
    public long u64(long at) {
        return real.u64(at);
    }

    @Override
    public void putU8(long at, int value) {
        real.putU8(at, value);
    }

    @Override
    public void putU16(long at, int value) {
        real.putU16(at, value);
    }

    @Override
    public void putU24(long at, int value) {
        real.putU24(at, value);
    }

    @Override
    public void putU32(long at, long value) {
        real.putU32(at, value);
    }

    @Override
    public void putU64(long at, long value) {
        real.putU64(at, value);
    }

    @Override
    public void fill(long at, long bytes, int value) {
        real.fill(at, bytes, value);
    }

    @Override
    public void write(long at, MemorySegment from, long fromOffset, long bytes) {
        real.write(at, from, fromOffset, bytes);
    }

    @Override
    public void read(long at, MemorySegment to, long toOffset, long bytes) {
        real.read(at, to, toOffset, bytes);
    }

    @Override
    public ParameterWriter dataIn(long allocationLength) {
        return real.dataIn(allocationLength);
    }

    @Override
    public void good() {
        real.good();
    }

    @Override
    public void good(long bytes) {
        real.good(bytes);
    }

    @Override
    public void end(ScsiStatus status) {
        real.end(status);
    }

    @Override
    public SenseData sense(SenseKey key, AdditionalSense additional) {
        return real.sense(key, additional);
    }

    @Override
    public void check(long bytes) {
        real.check(bytes);
    }
}
