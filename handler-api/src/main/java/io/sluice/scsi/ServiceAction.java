// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Service actions (SPC-5 annex F, SBC-4): bits 4 to 0 of CDB byte 1, or bytes 8 and 9 of a variable length CDB. */
public final class ServiceAction {
    // SERVICE ACTION IN(16), 9Eh
    public static final int READ_CAPACITY_16 = 0x10;
    public static final int READ_LONG_16 = 0x11;
    public static final int GET_LBA_STATUS = 0x12;

    // MAINTENANCE IN, A3h
    public static final int REPORT_IDENTIFYING_INFORMATION = 0x05;
    public static final int REPORT_TARGET_PORT_GROUPS = 0x0A;
    public static final int REPORT_SUPPORTED_OPERATION_CODES = 0x0C;
    public static final int REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS = 0x0D;
    public static final int REPORT_PRIORITY = 0x0E;
    public static final int REPORT_TIMESTAMP = 0x0F;

    // MAINTENANCE OUT, A4h
    public static final int SET_TARGET_PORT_GROUPS = 0x0A;
    public static final int SET_TIMESTAMP = 0x0F;

    // READ POSITION, 34h (SSC-5)
    public static final int READ_POSITION_SHORT_FORM = 0x00;
    public static final int READ_POSITION_LONG_FORM = 0x06;
    public static final int READ_POSITION_EXTENDED_FORM = 0x08;

    private ServiceAction() {}
}
