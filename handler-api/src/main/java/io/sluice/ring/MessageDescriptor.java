// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

/**
 * Messages on the daemon's socket: a header, then one structure of the ABI. Offsets count from the structure's start.
 *
 * <pre>
 *  struct sluice_msg:  0 op   4 id   8 status   12 len   16 body
 * </pre>
 */
public final class MessageDescriptor {
    static final int OP = 0;
    static final int ID = 4;
    static final int STATUS = 8;
    static final int LEN = 12;
    static final int SIZE = 16;

    static final int ERROR_TEXT = 256;

    private MessageDescriptor() {}

    public static final class Hello {
        public static final int MAGIC = 0;
        public static final int ABI_VERSION = 8;
        public static final int ROLE = 12;
        public static final int FEATURES = 16;
        public static final int PID = 24;
        public static final int NAME = 32;
        public static final int SIZE = 96;

        private Hello() {}
    }

    public static final class SessionOpen {
        public static final int NAME = 0;
        public static final int QUEUES = 64;
        public static final int DEPTH = 68;
        public static final int POOL_BYTES = 72;
        public static final int GRACE_NS = 80;
        public static final int SIZE = 88;

        private SessionOpen() {}
    }

    public static final class SessionOpened {
        public static final int SESSION = 0;
        public static final int EPOCH = 4;
        public static final int GATEWAY_BYTES = 8;
        public static final int HANDLER_BYTES = 16;
        public static final int SIZE = 24;

        private SessionOpened() {}
    }

    public static final class DeviceAdd {
        public static final int NAME = 0;
        public static final int QUEUE = 64;
        public static final int TASK_SET_LIMIT = 68;
        public static final int MAX_TRANSFER = 72;
        public static final int PERIPHERAL_TYPE = 76;
        public static final int RECOVERY = 77;
        public static final int FLAGS = 78;
        public static final int TIMEOUT_NS = 80;
        public static final int CONTROL_MODE = 112;
        public static final int SIZE = 120;

        private DeviceAdd() {}
    }

    public static final class DeviceAdded {
        public static final int DEVICE = 0;
        public static final int FLAGS = 4;
        public static final int SEQUENCE = 8;
        public static final int SIZE = 16;

        private DeviceAdded() {}
    }

    public static final class ReservationRestore {
        public static final int NAME = 0;
        public static final int TOTAL = 64;
        public static final int OFFSET = 68;
        public static final int LEN = 72;
        public static final int DATA = 80;
        public static final int SIZE = 848;

        private ReservationRestore() {}
    }

    public static final class ReservationRestored {
        public static final int OUTCOME = 0;
        public static final int REGISTRATIONS = 4;
        public static final int WHY = 8;
        public static final int SIZE = 120;

        private ReservationRestored() {}
    }

    public static final class DeviceRemove {
        public static final int DEVICE = 0;
        public static final int SIZE = 8;

        private DeviceRemove() {}
    }

    public static final class Portal {
        public static final int ADDRESS = 0;
        public static final int PORT = 64;
        public static final int GROUP = 66;
        public static final int SIZE = 72;

        private Portal() {}
    }

    public static final class Target {
        public static final int NAME = 0;
        public static final int ALIAS = 240;
        public static final int SIZE = 304;

        private Target() {}
    }

    public static final class TargetPort {
        public static final int TARGET = 0;
        public static final int GROUP = 240;
        public static final int RELATIVE_PORT = 242;
        public static final int SIZE = 248;

        private TargetPort() {}
    }

    public static final class Group {
        public static final int TARGET = 0;
        public static final int GROUP = 240;
        public static final int SIZE = 304;

        private Group() {}
    }

    public static final class GroupInitiator {
        public static final int TARGET = 0;
        public static final int GROUP = 240;
        public static final int PATTERN = 304;
        public static final int SIZE = 544;

        private GroupInitiator() {}
    }

    public static final class Lun {
        public static final int TARGET = 0;
        public static final int GROUP = 240;
        public static final int DEVICE = 304;
        public static final int LUN = 368;
        public static final int FLAGS = 372;
        public static final int SIZE = 376;

        private Lun() {}
    }

    public static final class AccessState {
        public static final int DEVICE = 0;
        public static final int GROUP = 64;
        public static final int STATE = 66;
        public static final int FLAGS = 67;
        public static final int SIZE = 72;

        private AccessState() {}
    }

    public static final class Auth {
        public static final int TARGET = 0;
        public static final int USER = 240;
        public static final int SECRET = 480;
        public static final int KIND = 720;
        public static final int SIZE = 728;

        private Auth() {}
    }

    public static final class Cursor {
        public static final int INDEX = 0;
        public static final int SIZE = 8;

        private Cursor() {}
    }

    public static final class GatewayInfo {
        public static final int ABI_VERSION = 0;
        public static final int PID = 4;
        public static final int UPTIME_NS = 8;
        public static final int SESSIONS = 16;
        public static final int DEVICES = 20;
        public static final int NEXUSES = 24;
        public static final int LOOPS = 28;
        public static final int COMMANDS = 32;
        public static final int PROTOCOL_ERRORS = 40;
        public static final int CONNECTIONS_REFUSED = 48;
        public static final int HANDLER_FAULTS = 56;
        public static final int DROPPED_COMPLETIONS = 64;
        public static final int BROKEN_SESSIONS = 72;
        public static final int SIZE = 88;

        private GatewayInfo() {}
    }

    public static final class DeviceInfo {
        public static final int NAME = 0;
        public static final int DEVICE = 64;
        public static final int SESSION = 68;
        public static final int STATE = 72;
        public static final int PERIPHERAL_TYPE = 76;
        public static final int LIVE = 80;
        public static final int QUARANTINED = 84;
        public static final int COMMANDS = 88;
        public static final int BYTES_IN = 96;
        public static final int BYTES_OUT = 104;
        public static final int CHECK_CONDITIONS = 112;
        public static final int TIMEOUTS = 120;
        public static final int ABORTS = 128;
        public static final int KEPT = 136;
        public static final int TAKEOVERS = 140;
        public static final int REDELIVERED = 144;
        public static final int OLDEST_NS = 152;
        public static final int SIZE = 168;

        private DeviceInfo() {}
    }

    public static final class NexusInfo {
        public static final int INITIATOR_PORT = 0;
        public static final int TARGET_PORT = 240;
        public static final int PEER = 480;
        public static final int NEXUS = 544;
        public static final int LIVE = 548;
        public static final int COMMANDS = 552;
        public static final int RELATIVE_PORT = 560;
        public static final int PORT_GROUP = 562;
        public static final int SIZE = 592;

        private NexusInfo() {}
    }

    public static final class SessionInfo {
        public static final int NAME = 0;
        public static final int SESSION = 64;
        public static final int EPOCH = 68;
        public static final int PID = 72;
        public static final int STATE = 76;
        public static final int QUEUES = 80;
        public static final int DEVICES = 84;
        public static final int IN_FLIGHT = 88;
        public static final int UNTAKEN = 92;
        public static final int QUARANTINED = 96;
        public static final int WAITING = 100;
        public static final int OLDEST_NS = 104;
        public static final int PROGRESS_NS = 112;
        public static final int STALLED_NS = 120;
        public static final int ANSWERED = 128;
        public static final int TIMEOUTS = 136;
        public static final int ABORTS = 144;
        public static final int FAULTS = 152;
        public static final int SIZE = 176;

        private SessionInfo() {}
    }

    public static final class CommandCursor {
        public static final int SLOT = 0;
        public static final int NEXUS = 4;
        public static final int ITL = 8;
        public static final int ARRIVAL = 16;
        public static final int SIZE = 24;

        private CommandCursor() {}
    }

    public static final class CommandPage {
        public static final int NEXT = 0;
        public static final int COUNT = 24;
        public static final int LAST = 28;
        public static final int COMMANDS = 32;
        public static final int SIZE = 3872;

        private CommandPage() {}
    }

    public static final class CommandInfo {
        public static final int STATE = 0;
        public static final int NEXUS = 24;
        public static final int DEVICE = 28;
        public static final int LUN = 32;
        public static final int TASK_TAG = 40;
        public static final int SEQUENCE = 48;
        public static final int AGE_NS = 56;
        public static final int LEFT_NS = 64;
        public static final int SESSION = 72;
        public static final int QUEUE = 76;
        public static final int TAG = 80;
        public static final int EXPECTED_LEN = 84;
        public static final int CDB_LEN = 88;
        public static final int ATTRIBUTE = 90;
        public static final int DIRECTION = 91;
        public static final int WAIT = 92;
        public static final int PACE = 93;
        public static final int FLAGS = 94;
        public static final int CDB = 96;
        public static final int SIZE = 120;

        private CommandInfo() {}
    }
}
