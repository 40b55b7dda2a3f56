// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a command ended: {@code data} is what reaches the initiator, {@code called} what the device says the CDB called for. */
public final class DeviceAnswer {
    private final ScsiStatus status;
    private final @Nullable SenseData sense;
    private final byte[] data;
    private final long called;

    DeviceAnswer(ScsiStatus status, @Nullable SenseData sense, byte[] data, long called) {
        this.status = status;
        this.sense = sense;
        this.data = data;
        this.called = called;
    }

    public ScsiStatus status() {
        return status;
    }

    public byte[] data() {
        return data;
    }

    public long called() {
        return called;
    }

    /** Its sense data. */
    public SenseData sense() {
        SenseData there = sense;
        if (there == null) {
            throw new AssertionError("no sense data with " + status);
        }
        return there;
    }

    @Override
    public String toString() {
        return status + " " + sense;
    }

    public DeviceAnswer good() {
        same("status", status, ScsiStatus.GOOD);
        return this;
    }

    public SenseData check(SenseKey key, AdditionalSense additional) {
        same("status", status, ScsiStatus.CHECK_CONDITION);
        SenseData there = sense();
        same("sense key", there.key(), key);
        same("additional sense", there.additional(), additional);
        return there;
    }

    /**
     * Asserts a field pointer into the CDB.
     *
     * @param bit the highest bit of the field, or -1 for a whole byte
     */
    public void invalidField(int cdbByte, int bit) {
        SenseData there = check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB);
        same("field pointer in the CDB", there.fieldPointerInCdb(), true);
        same("field pointer's byte", there.fieldPointerByte(), cdbByte);
        same("field pointer's bit", there.fieldPointerBit(), bit);
    }

    public void invalidParameter(int dataByte) {
        SenseData there = check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        same("field pointer in the CDB", there.fieldPointerInCdb(), false);
        same("field pointer's byte", there.fieldPointerByte(), dataByte);
    }

    public void outOfRange(long lba) {
        SenseData there = check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
        same("information", there.information(), lba);
    }

    public ByteBuffer buffer() {
        return ByteBuffer.wrap(data);
    }

    private void same(String what, @Nullable Object is, Object wanted) {
        if (!Objects.equals(is, wanted)) {
            throw new AssertionError(what + " is " + is + ", wanted " + wanted + ": " + this);
        }
    }
}
