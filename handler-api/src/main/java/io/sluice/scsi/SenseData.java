// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

import java.lang.foreign.MemorySegment;

/**
 * Sense data as fields, to and from both wire formats (SPC-5 4.4). Mutable and reusable, so that a failing command
 * allocates nothing either; the format is chosen when it is encoded, because the D_SENSE bit of the Control mode page
 * decides it and not the command.
 *
 * <pre>
 *  fixed format, 18 bytes               descriptor format, 8 bytes + descriptors
 *  0    VALID | 70h                     0    72h
 *  2    FILEMARK EOM ILI | sense key    1    sense key
 *  3-6  INFORMATION                     2-3  ASC, ASCQ
 *  7    additional length (10)          7    additional length
 *  8-11 COMMAND-SPECIFIC INFORMATION    8..  00h information, 01h command-specific, 02h sense key
 *  12   ASC, ASCQ, FRU                       specific, 03h FRU, 04h stream, 05h block
 *  15-17 SKSV | sense key specific
 * </pre>
 */
public final class SenseData {
    /** Fixed format without additional bytes. */
    public static final int FIXED_LENGTH = 18;
    /** The longest that {@link #encode} writes in either format. */
    public static final int MAX_LENGTH = 8 + 12 + 12 + 8 + 4 + 4 + 4;

    private static final int FILEMARK = 0x80;
    private static final int EOM = 0x40;
    private static final int ILI = 0x20;

    private SenseKey key = SenseKey.NO_SENSE;
    private AdditionalSense additional = AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION;
    private boolean deferred;
    private int flags;
    private boolean informationValid;
    private long information;
    private boolean commandSpecificValid;
    private long commandSpecific;
    private boolean keySpecificValid;
    private int keySpecific;
    private int fieldReplaceableUnit;

    /** NO SENSE. */
    public SenseData() {}

    /** Forgets everything and starts with this key and code. */
    public SenseData set(SenseKey key, AdditionalSense additional) {
        this.key = key;
        this.additional = additional;
        deferred = false;
        flags = 0;
        informationValid = false;
        information = 0;
        commandSpecificValid = false;
        commandSpecific = 0;
        keySpecificValid = false;
        keySpecific = 0;
        fieldReplaceableUnit = 0;
        return this;
    }

    /** A deferred error (SPC-5 4.4.7): it belongs to an earlier command that ended GOOD. */
    public SenseData deferred() {
        deferred = true;
        return this;
    }

    /** INFORMATION: what it means is the command set's choice (SSC-5: requested minus actual length; SBC-4: an LBA). */
    public SenseData information(long value) {
        informationValid = true;
        information = value;
        return this;
    }

    /** COMMAND-SPECIFIC INFORMATION. */
    public SenseData commandSpecific(long value) {
        commandSpecificValid = true;
        commandSpecific = value;
        return this;
    }

    /** FILEMARK (SSC-5). */
    public SenseData filemark() {
        flags |= FILEMARK;
        return this;
    }

    /** EOM: end of medium, or early warning (SSC-5). */
    public SenseData endOfMedium() {
        flags |= EOM;
        return this;
    }

    /** ILI: incorrect length indicator. */
    public SenseData incorrectLength() {
        flags |= ILI;
        return this;
    }

    /** FIELD REPLACEABLE UNIT CODE, 1 to FFh. */
    public SenseData fieldReplaceableUnit(int code) {
        fieldReplaceableUnit = code & 0xFF;
        return this;
    }

    /**
     * Field pointer (SPC-5 4.4.2.4.2).
     *
     * @param inCdb C/D: true if the byte counts in the CDB, false if in the parameter list
     * @param byteIndex the byte in error
     * @param bit the most significant bit of the field in error, or -1 if the whole byte (BPV zero)
     */
    public SenseData fieldPointer(boolean inCdb, int byteIndex, int bit) {
        int first = 0x80 | (inCdb ? 0x40 : 0) | (bit >= 0 ? 0x08 | (bit & 7) : 0);
        return keySpecific((first << 16) | (byteIndex & 0xFFFF));
    }

    /** Progress indication (SPC-5 4.4.2.4.4): 0 to 65535 of 65536 done. */
    public SenseData progress(int of65536) {
        return keySpecific(0x80_0000 | (of65536 & 0xFFFF));
    }

    /** Actual retry count (SPC-5 4.4.2.4.3). */
    public SenseData retryCount(int count) {
        return keySpecific(0x80_0000 | (count & 0xFFFF));
    }

    private SenseData keySpecific(int threeBytes) {
        keySpecificValid = true;
        keySpecific = threeBytes;
        return this;
    }

    public SenseKey key() {
        return key;
    }

    public AdditionalSense additional() {
        return additional;
    }

    public boolean isDeferred() {
        return deferred;
    }

    public boolean isFilemark() {
        return (flags & FILEMARK) != 0;
    }

    public boolean isEndOfMedium() {
        return (flags & EOM) != 0;
    }

    public boolean isIncorrectLength() {
        return (flags & ILI) != 0;
    }

    public boolean hasInformation() {
        return informationValid;
    }

    public long information() {
        return information;
    }

    public boolean hasCommandSpecific() {
        return commandSpecificValid;
    }

    public long commandSpecific() {
        return commandSpecific;
    }

    /** SKSV. */
    public boolean hasKeySpecific() {
        return keySpecificValid;
    }

    /** The three sense key specific bytes as one number, SKSV included; 0 without. */
    public int keySpecific() {
        return keySpecific;
    }

    /** The field pointer's byte, or -1 if there is none. */
    public int fieldPointerByte() {
        return keySpecificValid && key == SenseKey.ILLEGAL_REQUEST ? keySpecific & 0xFFFF : -1;
    }

    /** The field pointer's bit, or -1 if there is none (BPV zero). */
    public int fieldPointerBit() {
        return fieldPointerByte() >= 0 && (keySpecific & 0x08_0000) != 0 ? (keySpecific >> 16) & 7 : -1;
    }

    /** C/D of the field pointer: true for the CDB. */
    public boolean fieldPointerInCdb() {
        return fieldPointerByte() >= 0 && (keySpecific & 0x40_0000) != 0;
    }

    /**
     * Encodes at {@code offset}, which has {@link #MAX_LENGTH} bytes of room.
     *
     * @return bytes written
     */
    public int encode(MemorySegment segment, long offset, boolean descriptorFormat) {
        return descriptorFormat ? encodeDescriptors(segment, offset) : encodeFixed(segment, offset);
    }

    private int encodeFixed(MemorySegment segment, long offset) {
        // SPC-5 4.4.3: VALID is zero when the value does not fit 32 bits.
        boolean fits = information == (information & 0xFFFF_FFFFL) || information == (int) information;
        boolean valid = informationValid && fits;
        BigEndian.putU8(segment, offset, (valid ? 0x80 : 0) | (deferred ? 0x71 : 0x70));
        BigEndian.putU8(segment, offset + 1, 0);
        BigEndian.putU8(segment, offset + 2, flags | key.code());
        BigEndian.putU32(segment, offset + 3, valid ? information : 0);
        BigEndian.putU8(segment, offset + 7, FIXED_LENGTH - 8);
        BigEndian.putU32(segment, offset + 8, commandSpecific);
        BigEndian.putU16(segment, offset + 12, additional.code());
        BigEndian.putU8(segment, offset + 14, fieldReplaceableUnit);
        BigEndian.putU24(segment, offset + 15, keySpecific);
        return FIXED_LENGTH;
    }

    private int encodeDescriptors(MemorySegment segment, long offset) {
        long at = offset + 8;
        if (informationValid) {
            at = longDescriptor(segment, at, 0x00, 0x80, information);
        }
        if (commandSpecificValid) {
            at = longDescriptor(segment, at, 0x01, 0x00, commandSpecific);
        }
        if (keySpecificValid) {
            BigEndian.putU32(segment, at, 0x0206_0000);
            BigEndian.putU32(segment, at + 4, (long) keySpecific << 8);
            at += 8;
        }
        if (fieldReplaceableUnit != 0) {
            BigEndian.putU32(segment, at, 0x0302_0000 | fieldReplaceableUnit);
            at += 4;
        }
        if ((flags & (FILEMARK | EOM)) != 0) {
            BigEndian.putU32(segment, at, 0x0402_0000 | flags); // stream commands: FILEMARK, EOM and ILI together
            at += 4;
        } else if (flags != 0) {
            BigEndian.putU32(segment, at, 0x0502_0000 | flags); // block commands: ILI
            at += 4;
        }
        int length = (int) (at - offset);
        BigEndian.putU8(segment, offset, deferred ? 0x73 : 0x72);
        BigEndian.putU8(segment, offset + 1, key.code());
        BigEndian.putU16(segment, offset + 2, additional.code());
        BigEndian.putU24(segment, offset + 4, 0);
        BigEndian.putU8(segment, offset + 7, length - 8);
        return length;
    }

    private static long longDescriptor(MemorySegment segment, long at, int type, int valid, long value) {
        BigEndian.putU32(segment, at, ((long) type << 24) | 0x0A_0000 | ((long) valid << 8));
        BigEndian.putU64(segment, at + 4, value);
        return at + 12;
    }

    /**
     * Reads sense data of either format.
     *
     * @throws IllegalArgumentException if {@code length} is too short or the response code is none of 70h to 73h
     */
    public static SenseData decode(MemorySegment segment, long offset, int length) {
        int response = length < 8 ? -1 : BigEndian.u8(segment, offset) & 0x7F;
        SenseData sense = new SenseData();
        switch (response) {
            case 0x70, 0x71 -> sense.decodeFixed(segment, offset, length);
            case 0x72, 0x73 -> sense.decodeDescriptors(segment, offset, length);
            default ->
                throw new IllegalArgumentException(String.format(
                        "sense data of %d bytes, response code %02Xh: expected at least 8 bytes and 70h to 73h",
                        length, response & 0xFF));
        }
        sense.deferred = (response & 1) != 0;
        return sense;
    }

    private void decodeFixed(MemorySegment segment, long offset, int length) {
        int two = BigEndian.u8(segment, offset + 2);
        int asc = length > 13 ? BigEndian.u16(segment, offset + 12) : 0;
        set(SenseKey.of(two), AdditionalSense.of(asc >> 8, asc & 0xFF));
        flags = two & (FILEMARK | EOM | ILI);
        if ((BigEndian.u8(segment, offset) & 0x80) != 0) {
            information(BigEndian.u32(segment, offset + 3));
        }
        if (length >= 12 && BigEndian.u32(segment, offset + 8) != 0) {
            commandSpecific(BigEndian.u32(segment, offset + 8));
        }
        if (length >= FIXED_LENGTH) {
            fieldReplaceableUnit = BigEndian.u8(segment, offset + 14);
            if ((BigEndian.u8(segment, offset + 15) & 0x80) != 0) {
                keySpecific(BigEndian.u24(segment, offset + 15));
            }
        }
    }

    private void decodeDescriptors(MemorySegment segment, long offset, int length) {
        int asc = BigEndian.u16(segment, offset + 2);
        set(SenseKey.of(BigEndian.u8(segment, offset + 1)), AdditionalSense.of(asc >> 8, asc & 0xFF));
        long end = offset + Math.min(length, 8 + BigEndian.u8(segment, offset + 7));
        for (long at = offset + 8; at + 4 <= end; at += 2 + BigEndian.u8(segment, at + 1)) {
            int type = BigEndian.u8(segment, at);
            boolean wide = at + 12 <= end;
            if (type == 0x00 && wide) {
                information(BigEndian.u64(segment, at + 4));
            } else if (type == 0x01 && wide) {
                commandSpecific(BigEndian.u64(segment, at + 4));
            } else if (type == 0x02 && at + 8 <= end) {
                keySpecific(BigEndian.u24(segment, at + 4));
            } else if (type == 0x03) {
                fieldReplaceableUnit = BigEndian.u8(segment, at + 3);
            } else if (type == 0x04 || type == 0x05) {
                flags = BigEndian.u8(segment, at + 3) & (FILEMARK | EOM | ILI);
            }
        }
    }

    @Override
    public String toString() {
        return key + " " + additional;
    }
}
