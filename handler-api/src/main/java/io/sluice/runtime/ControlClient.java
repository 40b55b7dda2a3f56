// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.ring.Abi;
import io.sluice.ring.GatewayConnection;
import io.sluice.ring.GatewayException;
import io.sluice.ring.Layout;
import io.sluice.ring.MessageDescriptor;
import io.sluice.ring.MessageDescriptor.AccessState;
import io.sluice.ring.MessageDescriptor.Auth;
import io.sluice.ring.MessageDescriptor.Cursor;
import io.sluice.ring.MessageDescriptor.Group;
import io.sluice.ring.MessageDescriptor.GroupInitiator;
import io.sluice.ring.MessageDescriptor.Lun;
import io.sluice.ring.MessageDescriptor.Portal;
import io.sluice.ring.MessageDescriptor.Target;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The role CONTROL at sluiced's socket or the module's device: portals, targets, groups, LUN maps, authentication, information, shutdown. What it
 * configures stays when the connection closes, and adding what is there already succeeds. Any thread.
 *
 * <p>Every method throws {@link GatewayException} with the gateway's own words if it refuses, and another {@link IOException}
 * if the connection is gone.
 */
public final class ControlClient implements AutoCloseable {
    /** The gateway as a whole. */
    public record GatewayInfo(
            int pid,
            Duration uptime,
            int sessions,
            int devices,
            int nexuses,
            int loops,
            long commands,
            long protocolErrors,
            long connectionsRefused,
            long handlerFaults,
            long droppedCompletions,
            long brokenSessions) {}

    /** What a device is to the gateway. */
    public enum DeviceState {
        /** Named by a LUN map, never added. */
        ABSENT,
        SERVED,
        /** Its handler is gone, and nobody came in time: commands end NOT READY. */
        ORPHANED,
        /** Its handler is gone or about to be replaced: commands wait for the next one. */
        HELD
    }

    /** Asymmetric access states (SPC-5 5.18.2.4) with the codes of the ABI. */
    public enum Access {
        ACTIVE_OPTIMIZED(0x0),
        ACTIVE_NON_OPTIMIZED(0x1),
        STANDBY(0x2),
        UNAVAILABLE(0x3),
        OFFLINE(0xE),
        /** Until another state is set. */
        TRANSITIONING(0xF);

        private final int code;

        Access(int code) {
            this.code = code;
        }

        /** ASYMMETRIC ACCESS STATE. */
        public int code() {
            return code;
        }
    }

    /** A device at the gateway. */
    public record DeviceInfo(
            String name,
            int id,
            int session,
            DeviceState state,
            int peripheralType,
            int live,
            int quarantined,
            long commands,
            long bytesIn,
            long bytesOut,
            long checkConditions,
            long timeouts,
            long aborts,
            int kept,
            int takeovers,
            long redelivered,
            Duration oldest) {}

    /**
     * A handler process at the gateway.
     *
     * @param state active, closing, broken or quiesced
     * @param inFlight commands that it has, taken or not
     * @param untaken of them, those that it has not taken
     * @param waiting commands that wait for room in its memory or its rings
     * @param oldest how long the oldest of those in flight has been there
     * @param progress since it last took or answered one
     * @param stalled since it takes or answers nothing though it should; zero: all is well
     */
    public record SessionInfo(
            String name,
            int id,
            int epoch,
            int pid,
            String state,
            int queues,
            int devices,
            int inFlight,
            int untaken,
            int quarantined,
            int waiting,
            Duration oldest,
            Duration progress,
            Duration stalled,
            long answered,
            long timeouts,
            long aborts,
            long faults) {}

    /**
     * A command that has not ended.
     *
     * @param state as docs/state-tables.md names it
     * @param lun the eight bytes of SAM-6 4.7
     * @param sequence of its hand-over; 0: never handed over
     * @param left nanoseconds until its present stage must be over; {@link Long#MAX_VALUE}: no bound
     * @param tag in its queue's ring, or -1
     * @param waitsFor whom or what
     * @param cdb its first bytes
     */
    public record LiveCommand(
            String state,
            int nexus,
            int device,
            long lun,
            long taskTag,
            long sequence,
            Duration age,
            long left,
            int session,
            int queue,
            int tag,
            String waitsFor,
            boolean aborted,
            String cdb) {}

    /**
     * An I_T nexus at the gateway.
     *
     * @param relativePort relative target port identifier of the target port (SPC-5)
     */
    public record NexusInfo(
            String initiatorPort,
            String targetPort,
            String peer,
            int id,
            int live,
            long commands,
            int relativePort,
            int portGroup) {}

    /** {@code enum sluice_session_state}, from 1. */
    private static final List<String> SESSION_STATES = List.of("active", "closing", "broken", "quiesced");

    /** {@code enum sluice_wait}. */
    private static final List<String> WAITS = List.of(
            "gateway", "buffer", "task set", "initiator", "turn", "admin ring", "tag", "handler", "next handler");

    private final GatewayConnection connection;

    private ControlClient(GatewayConnection connection) {
        this.connection = connection;
    }

    /**
     * Connects.
     *
     * @param name who speaks, for the gateway's log
     * @param lost called once if the gateway closes the connection, on another thread
     */
    public static ControlClient connect(Path path, String name, Consumer<String> lost) throws IOException {
        return new ControlClient(GatewayConnection.connect(path, Abi.ROLE_CONTROL, name, lost));
    }

    /** Returns the port that was bound. */
    public int addPortal(String address, int port, int group) throws IOException {
        MemorySegment body = GatewayConnection.body(Portal.SIZE);
        Layout.putText(body, Portal.ADDRESS, Abi.NAME_LEN, "portal address", address);
        Layout.put16(body, Portal.PORT, port);
        Layout.put16(body, Portal.GROUP, group);
        GatewayConnection.Reply reply =
                connection.call(Abi.OP_PORTAL_ADD, "PORTAL_ADD " + address + " port " + port, body, Portal.SIZE);
        return Layout.u16(reply.body(), Portal.PORT);
    }

    public void addTarget(String name, String alias) throws IOException {
        target(Abi.OP_TARGET_ADD, "TARGET_ADD " + name, name, alias);
    }

    /**
     * The module: this machine logs in to the target, whose LUNs become its own devices. sluiced has no such operation.
     *
     * @return false if the target does not let the initiator "local" in
     */
    public boolean addLocal(String target) throws IOException {
        try {
            target(Abi.OP_LOCAL_ADD, "LOCAL_ADD " + target, target, "");
            return true;
        } catch (GatewayException refused) {
            if (refused.errno() == GatewayException.EACCES) {
                return false;
            }
            throw refused;
        }
    }

    public void removeTarget(String name) throws IOException {
        target(Abi.OP_TARGET_REMOVE, "TARGET_REMOVE " + name, name, "");
    }

    private void target(int op, String what, String name, String alias) throws IOException {
        MemorySegment body = GatewayConnection.body(Target.SIZE);
        Layout.putText(body, Target.NAME, Abi.PORT_NAME_LEN, "target name", name);
        Layout.putText(body, Target.ALIAS, Abi.NAME_LEN, "target alias", alias);
        connection.call(op, what, body, 0);
    }

    public void addGroup(String target, String group) throws IOException {
        group(Abi.OP_GROUP_ADD, "GROUP_ADD " + target + " " + group, target, group);
    }

    /** Its initiators, logged in or not, belong to another group from now on. */
    public void removeGroup(String target, String group) throws IOException {
        group(Abi.OP_GROUP_REMOVE, "GROUP_REMOVE " + target + " " + group, target, group);
    }

    private void group(int op, String what, String target, String group) throws IOException {
        MemorySegment body = GatewayConnection.body(Group.SIZE);
        Layout.putText(body, Group.TARGET, Abi.PORT_NAME_LEN, "target name", target);
        Layout.putText(body, Group.GROUP, Abi.NAME_LEN, "group name", group);
        connection.call(op, what, body, 0);
    }

    public void addInitiator(String target, String group, String pattern) throws IOException {
        initiator(Abi.OP_GROUP_INITIATOR_ADD, "GROUP_INITIATOR_ADD " + group + " " + pattern, target, group, pattern);
    }

    public void removeInitiator(String target, String group, String pattern) throws IOException {
        String what = "GROUP_INITIATOR_REMOVE " + group + " " + pattern;
        initiator(Abi.OP_GROUP_INITIATOR_REMOVE, what, target, group, pattern);
    }

    private void initiator(int op, String what, String target, String group, String pattern) throws IOException {
        MemorySegment body = GatewayConnection.body(GroupInitiator.SIZE);
        Layout.putText(body, GroupInitiator.TARGET, Abi.PORT_NAME_LEN, "target name", target);
        Layout.putText(body, GroupInitiator.GROUP, Abi.NAME_LEN, "group name", group);
        Layout.putText(body, GroupInitiator.PATTERN, Abi.PORT_NAME_LEN, "initiator pattern", pattern);
        connection.call(op, what, body, 0);
    }

    /** Maps it, or changes whether it is read-only. */
    public void mapLun(String target, String group, int lun, String device, boolean readOnly) throws IOException {
        int flags = readOnly ? Abi.LUN_READ_ONLY : 0;
        lun(Abi.OP_LUN_MAP, "LUN_MAP " + target + " LUN " + lun, target, group, lun, device, flags);
    }

    public void unmapLun(String target, String group, int lun) throws IOException {
        lun(Abi.OP_LUN_UNMAP, "LUN_UNMAP " + target + " LUN " + lun, target, group, lun, "", 0);
    }

    private void lun(int op, String what, String target, String group, int lun, String device, int flags)
            throws IOException {
        MemorySegment body = GatewayConnection.body(Lun.SIZE);
        Layout.putText(body, Lun.TARGET, Abi.PORT_NAME_LEN, "target name", target);
        Layout.putText(body, Lun.GROUP, Abi.NAME_LEN, "group name", group);
        Layout.putText(body, Lun.DEVICE, Abi.NAME_LEN, "device name", device);
        Layout.put32(body, Lun.LUN, lun);
        Layout.put32(body, Lun.FLAGS, flags);
        connection.call(op, what, body, 0);
    }

    /** Initiators prove themselves to the target with this; an empty target means discovery sessions, an empty user nobody any more. */
    public void setChap(String target, String user, String secret) throws IOException {
        setAuth(target, Abi.AUTH_CHAP, user, secret);
    }

    /** The target proves itself to initiators with this; with an empty user it does so no more. */
    public void setMutualChap(String target, String user, String secret) throws IOException {
        setAuth(target, Abi.AUTH_MUTUAL, user, secret);
    }

    /** Only initiators that match a group may log in. */
    public void denyUnknown(String target) throws IOException {
        setAuth(target, Abi.AUTH_DENY_UNKNOWN, "", "");
    }

    /** Also who matches no group may log in, into the group "default". */
    public void admitUnknown(String target) throws IOException {
        setAuth(target, Abi.AUTH_ADMIT_UNKNOWN, "", "");
    }

    /**
     * How a device can be reached through a target port group; its initiators hear of a change.
     *
     * @param device empty: every device, also those to come
     * @param preferred PREF: initiators are to prefer the group
     */
    public void setAccess(String device, int group, Access state, boolean preferred) throws IOException {
        MemorySegment body = GatewayConnection.body(AccessState.SIZE);
        Layout.putText(body, AccessState.DEVICE, Abi.NAME_LEN, "device name", device);
        Layout.put16(body, AccessState.GROUP, group);
        Layout.put8(body, AccessState.STATE, state.code());
        Layout.put8(body, AccessState.FLAGS, preferred ? Abi.ACCESS_PREFERRED : 0);
        connection.call(Abi.OP_ACCESS_STATE_SET, "ACCESS_STATE_SET group " + group, body, 0);
    }

    private void setAuth(String target, int kind, String user, String secret) throws IOException {
        MemorySegment body = GatewayConnection.body(Auth.SIZE);
        Layout.putText(body, Auth.TARGET, Abi.PORT_NAME_LEN, "target name", target);
        Layout.putText(body, Auth.USER, Abi.PORT_NAME_LEN, "CHAP user", user);
        if (secret.length() >= Abi.PORT_NAME_LEN / 4) {
            throw new IllegalArgumentException(
                    "CHAP secret of user \"" + user + "\" is too long: use 12 to 16 characters");
        }
        Layout.putText(body, Auth.SECRET, Abi.PORT_NAME_LEN, "CHAP secret", secret);
        Layout.put32(body, Auth.KIND, kind);
        connection.call(Abi.OP_AUTH_SET, "AUTH_SET " + target, body, 0);
        body.fill((byte) 0);
    }

    public GatewayInfo gatewayInfo() throws IOException {
        MemorySegment body = connection
                .call(Abi.OP_GATEWAY_INFO, "GATEWAY_INFO", GatewayConnection.EMPTY, MessageDescriptor.GatewayInfo.SIZE)
                .body();
        return new GatewayInfo(
                Layout.i32(body, MessageDescriptor.GatewayInfo.PID),
                Duration.ofNanos(Layout.i64(body, MessageDescriptor.GatewayInfo.UPTIME_NS)),
                Layout.i32(body, MessageDescriptor.GatewayInfo.SESSIONS),
                Layout.i32(body, MessageDescriptor.GatewayInfo.DEVICES),
                Layout.i32(body, MessageDescriptor.GatewayInfo.NEXUSES),
                Layout.i32(body, MessageDescriptor.GatewayInfo.LOOPS),
                Layout.i64(body, MessageDescriptor.GatewayInfo.COMMANDS),
                Layout.i64(body, MessageDescriptor.GatewayInfo.PROTOCOL_ERRORS),
                Layout.i64(body, MessageDescriptor.GatewayInfo.CONNECTIONS_REFUSED),
                Layout.i64(body, MessageDescriptor.GatewayInfo.HANDLER_FAULTS),
                Layout.i64(body, MessageDescriptor.GatewayInfo.DROPPED_COMPLETIONS),
                Layout.i64(body, MessageDescriptor.GatewayInfo.BROKEN_SESSIONS));
    }

    public List<DeviceInfo> devices() throws IOException {
        List<DeviceInfo> devices = new ArrayList<>();
        MemorySegment body = at(Abi.OP_DEVICE_INFO, "DEVICE_INFO", 0, MessageDescriptor.DeviceInfo.SIZE);
        while (body != null) {
            devices.add(device(body));
            body = at(Abi.OP_DEVICE_INFO, "DEVICE_INFO", devices.size(), MessageDescriptor.DeviceInfo.SIZE);
        }
        return devices;
    }

    /** The handler processes that have a session. */
    public List<SessionInfo> sessions() throws IOException {
        List<SessionInfo> sessions = new ArrayList<>();
        MemorySegment body = at(Abi.OP_SESSION_INFO, "SESSION_INFO", 0, MessageDescriptor.SessionInfo.SIZE);
        while (body != null) {
            sessions.add(session(body));
            body = at(Abi.OP_SESSION_INFO, "SESSION_INFO", sessions.size(), MessageDescriptor.SessionInfo.SIZE);
        }
        return sessions;
    }

    private static SessionInfo session(MemorySegment body) {
        int state = Layout.i32(body, MessageDescriptor.SessionInfo.STATE);
        return new SessionInfo(
                Layout.text(body, MessageDescriptor.SessionInfo.NAME, Abi.NAME_LEN),
                Layout.i32(body, MessageDescriptor.SessionInfo.SESSION),
                Layout.i32(body, MessageDescriptor.SessionInfo.EPOCH),
                Layout.i32(body, MessageDescriptor.SessionInfo.PID),
                state > 0 && state <= SESSION_STATES.size() ? SESSION_STATES.get(state - 1) : "state " + state,
                Layout.i32(body, MessageDescriptor.SessionInfo.QUEUES),
                Layout.i32(body, MessageDescriptor.SessionInfo.DEVICES),
                Layout.i32(body, MessageDescriptor.SessionInfo.IN_FLIGHT),
                Layout.i32(body, MessageDescriptor.SessionInfo.UNTAKEN),
                Layout.i32(body, MessageDescriptor.SessionInfo.QUARANTINED),
                Layout.i32(body, MessageDescriptor.SessionInfo.WAITING),
                Duration.ofNanos(Layout.i64(body, MessageDescriptor.SessionInfo.OLDEST_NS)),
                Duration.ofNanos(Layout.i64(body, MessageDescriptor.SessionInfo.PROGRESS_NS)),
                Duration.ofNanos(Layout.i64(body, MessageDescriptor.SessionInfo.STALLED_NS)),
                Layout.i64(body, MessageDescriptor.SessionInfo.ANSWERED),
                Layout.i64(body, MessageDescriptor.SessionInfo.TIMEOUTS),
                Layout.i64(body, MessageDescriptor.SessionInfo.ABORTS),
                Layout.i64(body, MessageDescriptor.SessionInfo.FAULTS));
    }

    /** Every live command, in no order; those that come and end meanwhile may be missing. */
    public List<LiveCommand> commands() throws IOException {
        List<LiveCommand> commands = new ArrayList<>();
        MemorySegment cursor = GatewayConnection.body(MessageDescriptor.CommandCursor.SIZE);
        while (true) {
            MemorySegment page = connection
                    .call(Abi.OP_COMMAND_INFO, "COMMAND_INFO", cursor, MessageDescriptor.CommandPage.SIZE)
                    .body();
            int count = Math.min(Layout.i32(page, MessageDescriptor.CommandPage.COUNT), Abi.COMMAND_PAGE);
            for (int i = 0; i < count; i++) {
                long at = MessageDescriptor.CommandPage.COMMANDS + (long) i * MessageDescriptor.CommandInfo.SIZE;
                commands.add(command(page.asSlice(at, MessageDescriptor.CommandInfo.SIZE)));
            }
            if (Layout.i32(page, MessageDescriptor.CommandPage.LAST) != 0) {
                return commands;
            }
            MemorySegment.copy(
                    page, MessageDescriptor.CommandPage.NEXT, cursor, 0, MessageDescriptor.CommandCursor.SIZE);
        }
    }

    private static LiveCommand command(MemorySegment body) {
        int wait = Layout.u8(body, MessageDescriptor.CommandInfo.WAIT);
        int length = Math.min(Layout.u16(body, MessageDescriptor.CommandInfo.CDB_LEN), Abi.CDB_INLINE);
        StringBuilder cdb = new StringBuilder();
        for (int i = 0; i < length; i++) {
            cdb.append("%02x".formatted(Layout.u8(body, MessageDescriptor.CommandInfo.CDB + i)));
        }
        return new LiveCommand(
                Layout.text(body, MessageDescriptor.CommandInfo.STATE, Abi.STATE_NAME_LEN),
                Layout.i32(body, MessageDescriptor.CommandInfo.NEXUS),
                Layout.i32(body, MessageDescriptor.CommandInfo.DEVICE),
                Long.reverseBytes(Layout.i64(body, MessageDescriptor.CommandInfo.LUN)),
                Layout.i64(body, MessageDescriptor.CommandInfo.TASK_TAG),
                Layout.i64(body, MessageDescriptor.CommandInfo.SEQUENCE),
                Duration.ofNanos(Layout.i64(body, MessageDescriptor.CommandInfo.AGE_NS)),
                Layout.i64(body, MessageDescriptor.CommandInfo.LEFT_NS),
                Layout.i32(body, MessageDescriptor.CommandInfo.SESSION),
                Layout.i32(body, MessageDescriptor.CommandInfo.QUEUE),
                Layout.i32(body, MessageDescriptor.CommandInfo.TAG),
                wait < WAITS.size() ? WAITS.get(wait) : "wait " + wait,
                (Layout.u8(body, MessageDescriptor.CommandInfo.FLAGS) & Abi.COMMAND_ABORTED) != 0,
                cdb.toString());
    }

    private static DeviceInfo device(MemorySegment body) {
        return new DeviceInfo(
                Layout.text(body, MessageDescriptor.DeviceInfo.NAME, Abi.NAME_LEN),
                Layout.i32(body, MessageDescriptor.DeviceInfo.DEVICE),
                Layout.i32(body, MessageDescriptor.DeviceInfo.SESSION),
                switch (Layout.i32(body, MessageDescriptor.DeviceInfo.STATE)) {
                    case 1 -> DeviceState.SERVED;
                    case 2 -> DeviceState.ORPHANED;
                    case 3 -> DeviceState.HELD;
                    default -> DeviceState.ABSENT;
                },
                Layout.i32(body, MessageDescriptor.DeviceInfo.PERIPHERAL_TYPE),
                Layout.i32(body, MessageDescriptor.DeviceInfo.LIVE),
                Layout.i32(body, MessageDescriptor.DeviceInfo.QUARANTINED),
                Layout.i64(body, MessageDescriptor.DeviceInfo.COMMANDS),
                Layout.i64(body, MessageDescriptor.DeviceInfo.BYTES_IN),
                Layout.i64(body, MessageDescriptor.DeviceInfo.BYTES_OUT),
                Layout.i64(body, MessageDescriptor.DeviceInfo.CHECK_CONDITIONS),
                Layout.i64(body, MessageDescriptor.DeviceInfo.TIMEOUTS),
                Layout.i64(body, MessageDescriptor.DeviceInfo.ABORTS),
                Layout.i32(body, MessageDescriptor.DeviceInfo.KEPT),
                Layout.i32(body, MessageDescriptor.DeviceInfo.TAKEOVERS),
                Layout.i64(body, MessageDescriptor.DeviceInfo.REDELIVERED),
                Duration.ofNanos(Layout.i64(body, MessageDescriptor.DeviceInfo.OLDEST_NS)));
    }

    public List<NexusInfo> nexuses() throws IOException {
        List<NexusInfo> nexuses = new ArrayList<>();
        MemorySegment body = at(Abi.OP_NEXUS_INFO, "NEXUS_INFO", 0, MessageDescriptor.NexusInfo.SIZE);
        while (body != null) {
            nexuses.add(new NexusInfo(
                    Layout.text(body, MessageDescriptor.NexusInfo.INITIATOR_PORT, Abi.PORT_NAME_LEN),
                    Layout.text(body, MessageDescriptor.NexusInfo.TARGET_PORT, Abi.PORT_NAME_LEN),
                    Layout.text(body, MessageDescriptor.NexusInfo.PEER, Abi.NAME_LEN),
                    Layout.i32(body, MessageDescriptor.NexusInfo.NEXUS),
                    Layout.i32(body, MessageDescriptor.NexusInfo.LIVE),
                    Layout.i64(body, MessageDescriptor.NexusInfo.COMMANDS),
                    Layout.u16(body, MessageDescriptor.NexusInfo.RELATIVE_PORT),
                    Layout.u16(body, MessageDescriptor.NexusInfo.PORT_GROUP)));
            body = at(Abi.OP_NEXUS_INFO, "NEXUS_INFO", nexuses.size(), MessageDescriptor.NexusInfo.SIZE);
        }
        return nexuses;
    }

    /** Null past the last one. */
    private @Nullable MemorySegment at(int op, String what, int index, long size) throws IOException {
        MemorySegment body = GatewayConnection.body(Cursor.SIZE);
        Layout.put32(body, Cursor.INDEX, index);
        try {
            return connection.call(op, what, body, size).body();
        } catch (GatewayException refused) {
            if (refused.errno() == GatewayException.ENOENT) {
                return null;
            }
            throw refused;
        }
    }

    /** Asks the gateway to log initiators out and exit. */
    public void shutdown() throws IOException {
        connection.call(Abi.OP_SHUTDOWN, "SHUTDOWN", GatewayConnection.EMPTY, 0);
    }

    @Override
    public void close() {
        connection.close();
    }
}
