// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

/**
 * One command, {@code struct sluice_desc}: 128 bytes, indexed by tag, written by the gateway.
 *
 * <pre>
 *   0 tag      4 generation   8 device      12 nexus
 *  16 sequence               24 deadline_ns
 *  32 flags   34 attribute   35 direction   36 cdb_len   38 -
 *  40 buf_off                48 buf_len     52 expected_len
 *  56 data_out_len           60 -
 *  64 cdb[16]                80 cdb_ext_off
 *  88 -                     128
 * </pre>
 */
public final class CommandDescriptor {
    public static final int TAG = 0;
    public static final int GENERATION = 4;
    public static final int DEVICE = 8;
    public static final int NEXUS = 12;
    public static final int SEQUENCE = 16;
    public static final int DEADLINE_NS = 24;
    public static final int FLAGS = 32;
    public static final int ATTRIBUTE = 34;
    public static final int DIRECTION = 35;
    public static final int CDB_LEN = 36;
    public static final int BUF_OFF = 40;
    public static final int BUF_LEN = 48;
    public static final int EXPECTED_LEN = 52;
    public static final int DATA_OUT_LEN = 56;
    public static final int CDB = 64;
    public static final int CDB_EXT_OFF = 80;
    public static final int SIZE = 128;

    private CommandDescriptor() {}
}
