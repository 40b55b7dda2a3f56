// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Operation codes (SPC-5 annex F, SBC-4, SSC-5, SMC-3): the first byte of a CDB. */
public final class OpCode {
    public static final int TEST_UNIT_READY = 0x00;
    public static final int REWIND = 0x01;
    public static final int REQUEST_SENSE = 0x03;
    public static final int FORMAT_UNIT = 0x04;
    /** The same code means this where the device type is not a disk (SSC, SMC). */
    public static final int FORMAT_MEDIUM = 0x04;

    public static final int READ_BLOCK_LIMITS = 0x05;
    public static final int INITIALIZE_ELEMENT_STATUS = 0x07;
    public static final int READ_6 = 0x08;
    public static final int WRITE_6 = 0x0A;
    public static final int SET_CAPACITY = 0x0B;
    public static final int READ_REVERSE_6 = 0x0F;
    public static final int WRITE_FILEMARKS_6 = 0x10;
    public static final int SPACE_6 = 0x11;
    public static final int INQUIRY = 0x12;
    public static final int VERIFY_6 = 0x13;
    public static final int MODE_SELECT_6 = 0x15;
    public static final int RESERVE_6 = 0x16;
    public static final int RELEASE_6 = 0x17;
    public static final int ERASE_6 = 0x19;
    public static final int MODE_SENSE_6 = 0x1A;
    public static final int START_STOP_UNIT = 0x1B;
    /** The same code means this where the device type is not a disk (SSC, SMC). */
    public static final int LOAD_UNLOAD = 0x1B;

    public static final int RECEIVE_DIAGNOSTIC_RESULTS = 0x1C;
    public static final int SEND_DIAGNOSTIC = 0x1D;
    public static final int PREVENT_ALLOW_MEDIUM_REMOVAL = 0x1E;
    public static final int READ_CAPACITY_10 = 0x25;
    public static final int READ_10 = 0x28;
    public static final int WRITE_10 = 0x2A;
    public static final int LOCATE_10 = 0x2B;
    /** The same code means this where the device type is not a disk (SSC, SMC). */
    public static final int POSITION_TO_ELEMENT = 0x2B;

    public static final int WRITE_AND_VERIFY_10 = 0x2E;
    public static final int VERIFY_10 = 0x2F;
    public static final int PRE_FETCH_10 = 0x34;
    /** The same code means this where the device type is not a disk (SSC, SMC). */
    public static final int READ_POSITION = 0x34;

    public static final int SYNCHRONIZE_CACHE_10 = 0x35;
    public static final int INITIALIZE_ELEMENT_STATUS_WITH_RANGE = 0x37;
    public static final int WRITE_BUFFER = 0x3B;
    public static final int READ_BUFFER_10 = 0x3C;
    public static final int WRITE_SAME_10 = 0x41;
    public static final int UNMAP = 0x42;
    public static final int REPORT_DENSITY_SUPPORT = 0x44;
    public static final int SANITIZE = 0x48;
    public static final int LOG_SELECT = 0x4C;
    public static final int LOG_SENSE = 0x4D;
    public static final int MODE_SELECT_10 = 0x55;
    public static final int RESERVE_10 = 0x56;
    public static final int RELEASE_10 = 0x57;
    public static final int MODE_SENSE_10 = 0x5A;
    public static final int PERSISTENT_RESERVE_IN = 0x5E;
    public static final int PERSISTENT_RESERVE_OUT = 0x5F;
    public static final int VARIABLE_LENGTH_CDB = 0x7F;
    public static final int WRITE_FILEMARKS_16 = 0x80;
    public static final int READ_REVERSE_16 = 0x81;
    public static final int ALLOW_OVERWRITE = 0x82;
    public static final int EXTENDED_COPY = 0x83;
    public static final int RECEIVE_COPY_RESULTS = 0x84;
    public static final int READ_16 = 0x88;
    public static final int COMPARE_AND_WRITE = 0x89;
    public static final int WRITE_16 = 0x8A;
    public static final int ORWRITE_16 = 0x8B;
    public static final int READ_ATTRIBUTE = 0x8C;
    public static final int WRITE_ATTRIBUTE = 0x8D;
    public static final int WRITE_AND_VERIFY_16 = 0x8E;
    public static final int VERIFY_16 = 0x8F;
    public static final int PRE_FETCH_16 = 0x90;
    public static final int SYNCHRONIZE_CACHE_16 = 0x91;
    /** The same code means this where the device type is not a disk (SSC, SMC). */
    public static final int SPACE_16 = 0x91;

    public static final int LOCATE_16 = 0x92;
    public static final int WRITE_SAME_16 = 0x93;
    /** The same code means this where the device type is not a disk (SSC, SMC). */
    public static final int ERASE_16 = 0x93;

    public static final int WRITE_ATOMIC_16 = 0x9C;
    public static final int SERVICE_ACTION_IN_16 = 0x9E;
    public static final int SERVICE_ACTION_OUT_16 = 0x9F;
    public static final int REPORT_LUNS = 0xA0;
    public static final int SECURITY_PROTOCOL_IN = 0xA2;
    public static final int MAINTENANCE_IN = 0xA3;
    public static final int MAINTENANCE_OUT = 0xA4;
    public static final int MOVE_MEDIUM = 0xA5;
    public static final int EXCHANGE_MEDIUM = 0xA6;
    public static final int READ_12 = 0xA8;
    public static final int WRITE_12 = 0xAA;
    public static final int WRITE_AND_VERIFY_12 = 0xAE;
    public static final int VERIFY_12 = 0xAF;
    public static final int SECURITY_PROTOCOL_OUT = 0xB5;
    /** The same code means this where the device type is a media changer (SMC). */
    public static final int REQUEST_VOLUME_ELEMENT_ADDRESS = 0xB5;

    public static final int SEND_VOLUME_TAG = 0xB6;
    public static final int READ_ELEMENT_STATUS = 0xB8;

    private static final String[] NAMES = new String[256];

    static {
        NAMES[TEST_UNIT_READY] = "TEST UNIT READY";
        NAMES[REWIND] = "REWIND";
        NAMES[REQUEST_SENSE] = "REQUEST SENSE";
        NAMES[FORMAT_UNIT] = "FORMAT UNIT";
        NAMES[READ_BLOCK_LIMITS] = "READ BLOCK LIMITS";
        NAMES[INITIALIZE_ELEMENT_STATUS] = "INITIALIZE ELEMENT STATUS";
        NAMES[READ_6] = "READ(6)";
        NAMES[WRITE_6] = "WRITE(6)";
        NAMES[SET_CAPACITY] = "SET CAPACITY";
        NAMES[READ_REVERSE_6] = "READ REVERSE(6)";
        NAMES[WRITE_FILEMARKS_6] = "WRITE FILEMARKS(6)";
        NAMES[SPACE_6] = "SPACE(6)";
        NAMES[INQUIRY] = "INQUIRY";
        NAMES[VERIFY_6] = "VERIFY(6)";
        NAMES[MODE_SELECT_6] = "MODE SELECT(6)";
        NAMES[RESERVE_6] = "RESERVE(6)";
        NAMES[RELEASE_6] = "RELEASE(6)";
        NAMES[ERASE_6] = "ERASE(6)";
        NAMES[MODE_SENSE_6] = "MODE SENSE(6)";
        NAMES[START_STOP_UNIT] = "START STOP UNIT";
        NAMES[RECEIVE_DIAGNOSTIC_RESULTS] = "RECEIVE DIAGNOSTIC RESULTS";
        NAMES[SEND_DIAGNOSTIC] = "SEND DIAGNOSTIC";
        NAMES[PREVENT_ALLOW_MEDIUM_REMOVAL] = "PREVENT ALLOW MEDIUM REMOVAL";
        NAMES[READ_CAPACITY_10] = "READ CAPACITY(10)";
        NAMES[READ_10] = "READ(10)";
        NAMES[WRITE_10] = "WRITE(10)";
        NAMES[LOCATE_10] = "LOCATE(10)";
        NAMES[WRITE_AND_VERIFY_10] = "WRITE AND VERIFY(10)";
        NAMES[VERIFY_10] = "VERIFY(10)";
        NAMES[PRE_FETCH_10] = "PRE-FETCH(10)";
        NAMES[SYNCHRONIZE_CACHE_10] = "SYNCHRONIZE CACHE(10)";
        NAMES[INITIALIZE_ELEMENT_STATUS_WITH_RANGE] = "INITIALIZE ELEMENT STATUS WITH RANGE";
        NAMES[WRITE_BUFFER] = "WRITE BUFFER";
        NAMES[READ_BUFFER_10] = "READ BUFFER(10)";
        NAMES[WRITE_SAME_10] = "WRITE SAME(10)";
        NAMES[UNMAP] = "UNMAP";
        NAMES[REPORT_DENSITY_SUPPORT] = "REPORT DENSITY SUPPORT";
        NAMES[SANITIZE] = "SANITIZE";
        NAMES[LOG_SELECT] = "LOG SELECT";
        NAMES[LOG_SENSE] = "LOG SENSE";
        NAMES[MODE_SELECT_10] = "MODE SELECT(10)";
        NAMES[RESERVE_10] = "RESERVE(10)";
        NAMES[RELEASE_10] = "RELEASE(10)";
        NAMES[MODE_SENSE_10] = "MODE SENSE(10)";
        NAMES[PERSISTENT_RESERVE_IN] = "PERSISTENT RESERVE IN";
        NAMES[PERSISTENT_RESERVE_OUT] = "PERSISTENT RESERVE OUT";
        NAMES[VARIABLE_LENGTH_CDB] = "VARIABLE LENGTH CDB";
        NAMES[WRITE_FILEMARKS_16] = "WRITE FILEMARKS(16)";
        NAMES[READ_REVERSE_16] = "READ REVERSE(16)";
        NAMES[ALLOW_OVERWRITE] = "ALLOW OVERWRITE";
        NAMES[EXTENDED_COPY] = "EXTENDED COPY";
        NAMES[RECEIVE_COPY_RESULTS] = "RECEIVE COPY RESULTS";
        NAMES[READ_16] = "READ(16)";
        NAMES[COMPARE_AND_WRITE] = "COMPARE AND WRITE";
        NAMES[WRITE_16] = "WRITE(16)";
        NAMES[ORWRITE_16] = "ORWRITE(16)";
        NAMES[READ_ATTRIBUTE] = "READ ATTRIBUTE";
        NAMES[WRITE_ATTRIBUTE] = "WRITE ATTRIBUTE";
        NAMES[WRITE_AND_VERIFY_16] = "WRITE AND VERIFY(16)";
        NAMES[VERIFY_16] = "VERIFY(16)";
        NAMES[PRE_FETCH_16] = "PRE-FETCH(16)";
        NAMES[SYNCHRONIZE_CACHE_16] = "SYNCHRONIZE CACHE(16)";
        NAMES[LOCATE_16] = "LOCATE(16)";
        NAMES[WRITE_SAME_16] = "WRITE SAME(16)";
        NAMES[WRITE_ATOMIC_16] = "WRITE ATOMIC(16)";
        NAMES[SERVICE_ACTION_IN_16] = "SERVICE ACTION IN(16)";
        NAMES[SERVICE_ACTION_OUT_16] = "SERVICE ACTION OUT(16)";
        NAMES[REPORT_LUNS] = "REPORT LUNS";
        NAMES[SECURITY_PROTOCOL_IN] = "SECURITY PROTOCOL IN";
        NAMES[MAINTENANCE_IN] = "MAINTENANCE IN";
        NAMES[MAINTENANCE_OUT] = "MAINTENANCE OUT";
        NAMES[MOVE_MEDIUM] = "MOVE MEDIUM";
        NAMES[EXCHANGE_MEDIUM] = "EXCHANGE MEDIUM";
        NAMES[READ_12] = "READ(12)";
        NAMES[WRITE_12] = "WRITE(12)";
        NAMES[WRITE_AND_VERIFY_12] = "WRITE AND VERIFY(12)";
        NAMES[VERIFY_12] = "VERIFY(12)";
        NAMES[SECURITY_PROTOCOL_OUT] = "SECURITY PROTOCOL OUT";
        NAMES[SEND_VOLUME_TAG] = "SEND VOLUME TAG";
        NAMES[READ_ELEMENT_STATUS] = "READ ELEMENT STATUS";
        for (int code = 0; code < NAMES.length; code++) {
            if (NAMES[code] == null) {
                NAMES[code] = String.format("%02Xh", code);
            }
        }
    }

    private OpCode() {}

    /** T10's name of the code, as a disk reads it; {@code C1h} for a code without one. */
    public static String name(int opcode) {
        return NAMES[opcode & 0xFF];
    }
}
