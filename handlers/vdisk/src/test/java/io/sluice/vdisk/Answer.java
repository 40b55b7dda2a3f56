// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How a command ended: {@code data} is what reaches the initiator, {@code called} what the device says the CDB called for. */
final class Answer {
    private final ScsiStatus status;
    private final @Nullable SenseData sense;
    private final byte[] data;
    private final long called;

    Answer(ScsiStatus status, @Nullable SenseData sense, byte[] data, long called) {
        this.status = status;
        this.sense = sense;
        this.data = data;
        this.called = called;
    }

    ScsiStatus status() {
        return status;
    }

    byte[] data() {
        return data;
    }

    long called() {
        return called;
    }

    Answer good() {
        assertThat(status).as("status, sense %s", sense).isEqualTo(ScsiStatus.GOOD);
        return this;
    }

    SenseData check(SenseKey key, AdditionalSense additional) {
        assertThat(status).isEqualTo(ScsiStatus.CHECK_CONDITION);
        SenseData there = sense;
        if (there == null) {
            throw new AssertionError("CHECK CONDITION without sense data");
        }
        assertThat(there.key()).as("%s", there).isEqualTo(key);
        assertThat(there.additional()).isEqualTo(additional);
        return there;
    }

    /** @param bit the highest bit of the field, or -1 for a whole byte */
    void invalidField(int cdbByte, int bit) {
        SenseData there = check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB);
        assertThat(there.fieldPointerInCdb()).isTrue();
        assertThat(there.fieldPointerByte()).isEqualTo(cdbByte);
        assertThat(there.fieldPointerBit()).isEqualTo(bit);
    }

    void invalidParameter(int dataByte) {
        SenseData there = check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        assertThat(there.fieldPointerInCdb()).isFalse();
        assertThat(there.fieldPointerByte()).isEqualTo(dataByte);
    }

    void outOfRange(long lba) {
        SenseData there = check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
        assertThat(there.information()).isEqualTo(lba);
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(data);
    }
}
