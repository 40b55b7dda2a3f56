// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

/** Constants of {@code kernel-gateway/include/sluice/abi.h}; a test compares each with the C compiler's. */
public final class Abi {
    public static final long MAGIC = 0x01004543494c5553L;
    public static final int VERSION = 0x00030000;
    public static final int MAX_QUEUES = 64;
    public static final int MAX_DEPTH = 4096;
    public static final int MAX_BUFFER = 16 << 20;
    public static final int CDB_INLINE = 16;
    public static final int CDB_MAX = 260;
    public static final int SENSE_MAX = 252;
    public static final int NAME_LEN = 64;
    public static final int PORT_NAME_LEN = 240;
    public static final int CACHE_LINE = 128;
    public static final int PAGE = 4096;

    public static final int SESSION_ACTIVE = 1;
    public static final int SESSION_CLOSING = 2;
    public static final int SESSION_BROKEN = 3;
    public static final int SESSION_QUIESCED = 4;

    public static final int DESC_REDELIVERED = 1;
    public static final int DESC_STORE = 2;

    public static final int EVENT_NEXUS_ADD = 1;
    public static final int EVENT_NEXUS_REMOVE = 2;
    public static final int EVENT_TASK_MANAGEMENT = 3;
    public static final int EVENT_LUN_RESET = 4;
    public static final int EVENT_PING = 5;

    /** The largest task management function. */
    public static final int TMF_MAX = 10;

    public static final int REQUEST_UNIT_ATTENTION = 1;
    public static final int REQUEST_CONTROL_MODE = 2;
    public static final int UA_ALL = 1;
    public static final int UA_ALL_BUT = 2;
    public static final int UA_ONE = 3;
    public static final int CONTROL_MODE_D_SENSE = 1;
    public static final int CONTROL_MODE_TAS = 2;
    public static final int CONTROL_MODE_TMF_ONLY = 4;
    public static final int CONTROL_MODE_TST_SHIFT = 4;
    public static final int CONTROL_MODE_QERR_SHIFT = 8;
    public static final int CONTROL_MODE_UA_INTLCK_SHIFT = 10;

    public static final int OP_HELLO = 1;
    public static final int OP_SESSION_OPEN = 16;
    public static final int OP_DEVICE_ADD = 17;
    public static final int OP_DEVICE_REMOVE = 18;
    public static final int OP_SESSION_QUIESCE = 19;
    public static final int OP_RESERVATION_RESTORE = 20;
    public static final int OP_PORTAL_ADD = 32;
    public static final int OP_TARGET_ADD = 33;
    public static final int OP_TARGET_REMOVE = 34;
    public static final int OP_GROUP_ADD = 35;
    public static final int OP_GROUP_INITIATOR_ADD = 36;
    public static final int OP_LUN_MAP = 37;
    public static final int OP_LUN_UNMAP = 38;
    public static final int OP_AUTH_SET = 39;
    public static final int OP_GATEWAY_INFO = 40;
    public static final int OP_DEVICE_INFO = 41;
    public static final int OP_NEXUS_INFO = 42;
    public static final int OP_SHUTDOWN = 43;
    public static final int OP_SESSION_INFO = 44;
    public static final int OP_COMMAND_INFO = 45;
    public static final int OP_TARGET_PORT_SET = 48;
    public static final int OP_ACCESS_STATE_SET = 49;
    public static final int OP_GROUP_REMOVE = 50;
    public static final int OP_GROUP_INITIATOR_REMOVE = 51;
    public static final int OP_LOCAL_ADD = 63;

    public static final long MMAP_HANDLER = 1L << 40;
    public static final int ENTER_ADMIN = 0xffffffff;
    public static final int IOC_ENTER = 0x40185360;
    public static final int IOC_WAKE = 0x5361;

    public static final int ROLE_HANDLER = 1;
    public static final int ROLE_CONTROL = 2;

    public static final int RESERVATION_MAX = 1 << 20;
    public static final int RESERVATION_CHUNK = 768;
    public static final int RESERVATION_MORE = 1;
    public static final int RESERVATION_RESTORED = 2;
    public static final int RESERVATION_HELD = 3;
    public static final int RESERVATION_LOST = 4;
    public static final int STATE_NAME_LEN = 24;
    public static final int COMMAND_ABORTED = 1;
    public static final int COMMAND_PAGE = 32;

    public static final int QUEUE_ANY = 0xffffffff;
    public static final int DEVICE_TAKEN_OVER = 1;
    public static final long GRACE_MAX_NS = 3_600_000_000_000L;

    public static final int DEVICE_EXPLICIT_ACCESS = 1;
    public static final int LUN_READ_ONLY = 1;

    public static final int ACCESS_PREFERRED = 1;
    public static final int ACCESS_FAILED = 2;

    public static final int AUTH_CHAP = 1;
    public static final int AUTH_MUTUAL = 2;
    public static final int AUTH_DENY_UNKNOWN = 3;
    public static final int AUTH_ADMIT_UNKNOWN = 4;

    private Abi() {}

    /** {@code 3.0} for 00030000h. */
    public static String versionText(int version) {
        return (version >>> 16) + "." + (version & 0xFFFF);
    }
}
