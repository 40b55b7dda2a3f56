// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testing;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** How a command ended, as its initiator would see it. */
public final class CommandResult {
    private final ScsiStatus status;
    private final byte[] sense;
    private final byte[] dataIn;
    private final long dataLength;
    private final long residual;
    private final long sequence;

    CommandResult(ScsiStatus status, byte[] sense, byte[] dataIn, long dataLength, long residual, long sequence) {
        this.status = status;
        this.sense = sense;
        this.dataIn = dataIn;
        this.dataLength = dataLength;
        this.residual = residual;
        this.sequence = sequence;
    }

    public ScsiStatus status() {
        return status;
    }

    public boolean isGood() {
        return status == ScsiStatus.GOOD;
    }

    /** The bytes of Data-In that reach the initiator: no more than it expected. */
    public byte[] dataIn() {
        return dataIn.clone();
    }

    /** One byte of Data-In, 0 to 255. */
    public int u8(int at) {
        return dataIn[at] & 0xFF;
    }

    /** Bytes that the device reported, which may be more than was expected. */
    public long dataLength() {
        return dataLength;
    }

    /** Expected minus reported bytes: positive is an underflow, negative an overflow. */
    public long residual() {
        return residual;
    }

    /** {@link io.sluice.handler.ScsiCommand#sequence()} of the command: for {@link TestNexus#redeliver}. */
    public long sequence() {
        return sequence;
    }

    /** The raw sense data; empty without. */
    public byte[] senseBytes() {
        return sense.clone();
    }

    /**
     * The sense data.
     *
     * @throws IllegalStateException if the command ended without
     */
    public SenseData sense() {
        if (sense.length == 0) {
            throw new IllegalStateException("the command ended " + status + " without sense data");
        }
        return SenseData.decode(MemorySegment.ofArray(sense), 0, sense.length);
    }

    /** The sense key; null without sense data. */
    public @Nullable SenseKey senseKey() {
        return sense.length == 0 ? null : sense().key();
    }

    /** The additional sense code; null without sense data. */
    public @Nullable AdditionalSense additionalSense() {
        return sense.length == 0 ? null : sense().additional();
    }

    /** For failed assertions: {@code CHECK_CONDITION ILLEGAL_REQUEST 24/00 INVALID FIELD IN CDB, 0 bytes}. */
    @Override
    public String toString() {
        String detail = sense.length == 0
                ? ""
                : " " + sense() + " [" + HexFormat.ofDelimiter(" ").formatHex(sense) + "]";
        return status + detail + ", " + dataLength + " bytes";
    }
}
