// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import org.jspecify.annotations.Nullable;

/** How a command ended, with assertions. */
final class Ended {
    private final ScsiStatus status;
    private final @Nullable SenseData sense;
    private final byte[] data;
    private final long called;

    Ended(ScsiStatus status, @Nullable SenseData sense, byte[] data, long called) {
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

    SenseData sense() {
        SenseData there = sense;
        if (there == null) {
            throw new AssertionError("no sense data");
        }
        return there;
    }

    @Override
    public String toString() {
        return status + " " + sense;
    }

    long called() {
        return called;
    }

    Ended good() {
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
}
