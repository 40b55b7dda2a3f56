// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.appliance.config.ApplianceConfig.Credentials;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.PortalAddress;
import io.sluice.runtime.ControlClient;
import io.sluice.runtime.ControlClient.DeviceInfo;
import io.sluice.runtime.ControlClient.GatewayInfo;
import io.sluice.runtime.ControlClient.LiveCommand;
import io.sluice.runtime.ControlClient.NexusInfo;
import io.sluice.runtime.ControlClient.SessionInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The gateway beside this process: sluiced over its Unix socket, or the module over its device. */
final class GatewayControl implements ControlPlane, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayControl.class);
    /** Loading the module takes seconds; a gateway that cannot start is the supervisor's to report. */
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private static final long LOOK_MILLIS = 5;

    private final ControlClient client;

    private GatewayControl(ControlClient client) {
        this.client = client;
    }

    /**
     * Connects, after waiting for a gateway that is being started.
     *
     * @param name who speaks, for the gateway's log
     * @param lost called once when the gateway closed the connection
     * @throws IOException if there is none in time, or it refuses; the message names the remedy
     */
    static GatewayControl connect(Path gateway, String name, Consumer<String> lost) throws IOException {
        long start = System.nanoTime();
        while (true) {
            try {
                return new GatewayControl(ControlClient.connect(gateway, name, lost));
            } catch (IOException e) {
                // A socket file may be there before its gateway accepts, or after the one that made it was killed.
                boolean mayCome =
                        !Files.exists(gateway) || String.valueOf(e.getMessage()).contains("ECONNREFUSED");
                if (!mayCome || System.nanoTime() - start > PATIENCE_NANOS) {
                    throw e;
                }
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the gateway", e);
        }
    }

    @Override
    public PortalAddress addPortal(PortalAddress portal) throws IOException {
        return portal.withPort(client.addPortal(portal.address(), portal.port(), portal.group()));
    }

    @Override
    public void addTarget(String target, String alias) throws IOException {
        client.addTarget(target, alias);
    }

    @Override
    public void logIn(String target) throws IOException {
        if (!client.addLocal(target)) {
            LOG.warn(
                    "{}: its LUNs are no devices of this machine: add the initiator \"local\" to its allow, or to a group",
                    target);
        }
    }

    @Override
    public void removeTarget(String target) throws IOException {
        client.removeTarget(target);
    }

    @Override
    public void removeGroup(String target, String group) throws IOException {
        client.removeGroup(target, group);
    }

    @Override
    public void removeInitiator(String target, String group, String pattern) throws IOException {
        client.removeInitiator(target, group, pattern);
    }

    @Override
    public void unmapLun(String target, String group, int lun) throws IOException {
        client.unmapLun(target, group, lun);
    }

    @Override
    public void admitUnknown(String target) throws IOException {
        client.admitUnknown(target);
    }

    @Override
    public void requireNoChap(String target) throws IOException {
        client.setChap(target, "", "");
    }

    @Override
    public void answerNoChap(String target) throws IOException {
        client.setMutualChap(target, "", "");
    }

    @Override
    public void setAccess(AccessState state) throws IOException {
        client.setAccess(state.device().orElse(""), state.group(), state.state(), state.preferred());
    }

    @Override
    public void addGroup(String target, String group) throws IOException {
        client.addGroup(target, group);
    }

    @Override
    public void addInitiator(String target, String group, String pattern) throws IOException {
        client.addInitiator(target, group, pattern);
    }

    @Override
    public void mapLun(String target, String group, Lun lun) throws IOException {
        client.mapLun(target, group, lun.lun(), lun.device(), lun.readOnly());
    }

    @Override
    public void requireChap(String target, Credentials initiator) throws IOException {
        client.setChap(target, initiator.user(), initiator.secret());
    }

    @Override
    public void answerChap(String target, Credentials mutual) throws IOException {
        client.setMutualChap(target, mutual.user(), mutual.secret());
    }

    @Override
    public void denyUnknown(String target) throws IOException {
        client.denyUnknown(target);
    }

    void describeGateway(ObjectNode object) throws IOException {
        GatewayInfo info = client.gatewayInfo();
        object.put("pid", info.pid())
                .put("uptime_s", info.uptime().toSeconds())
                .put("loops", info.loops())
                .put("sessions", info.sessions())
                .put("devices", info.devices())
                .put("nexuses", info.nexuses())
                .put("commands", info.commands())
                .put("protocol_errors", info.protocolErrors())
                .put("connections_refused", info.connectionsRefused())
                .put("handler_faults", info.handlerFaults())
                .put("dropped_completions", info.droppedCompletions())
                .put("broken_sessions", info.brokenSessions());
    }

    void describeDevices(ArrayNode array) throws IOException {
        for (DeviceInfo info : client.devices()) {
            array.addObject()
                    .put("name", info.name())
                    .put("state", info.state().name().toLowerCase(Locale.ROOT))
                    .put("live", info.live())
                    .put("quarantined", info.quarantined())
                    .put("commands", info.commands())
                    .put("bytes_in", info.bytesIn())
                    .put("bytes_out", info.bytesOut())
                    .put("check_conditions", info.checkConditions())
                    .put("timeouts", info.timeouts())
                    .put("aborts", info.aborts())
                    .put("kept", info.kept())
                    .put("takeovers", info.takeovers())
                    .put("redelivered", info.redelivered())
                    .put("oldest_s", seconds(info.oldest()));
        }
    }

    List<SessionInfo> sessions() throws IOException {
        return client.sessions();
    }

    void describeSessions(ArrayNode array) throws IOException {
        for (SessionInfo info : sessions()) {
            array.addObject()
                    .put("name", info.name())
                    .put("epoch", info.epoch())
                    .put("pid", info.pid())
                    .put("state", info.state())
                    .put("devices", info.devices())
                    .put("in_flight", info.inFlight())
                    .put("untaken", info.untaken())
                    .put("quarantined", info.quarantined())
                    .put("waiting", info.waiting())
                    .put("oldest_s", seconds(info.oldest()))
                    .put("no_progress_s", seconds(info.progress()))
                    .put("stalled_s", seconds(info.stalled()))
                    .put("answered", info.answered())
                    .put("timeouts", info.timeouts())
                    .put("aborts", info.aborts())
                    .put("faults", info.faults());
        }
    }

    /** Oldest first, with the names of initiators and devices. */
    void describeCommands(ArrayNode array) throws IOException {
        Map<Integer, String> initiators = new HashMap<>();
        client.nexuses().forEach(nexus -> initiators.put(nexus.id(), nexus.initiatorPort()));
        Map<Integer, String> devices = new HashMap<>();
        client.devices().forEach(device -> devices.put(device.id(), device.name()));
        List<LiveCommand> commands = new ArrayList<>(client.commands());
        commands.sort(Comparator.comparing(LiveCommand::age).reversed());
        for (LiveCommand command : commands) {
            ObjectNode object = array.addObject()
                    .put("age_s", seconds(command.age()))
                    .put("state", command.state())
                    .put("waits_for", command.waitsFor())
                    .put("initiator", initiators.getOrDefault(command.nexus(), "nexus " + command.nexus()))
                    .put("device", devices.getOrDefault(command.device(), "device " + command.device()))
                    .put("lun", "%016x".formatted(command.lun()))
                    .put("cdb", command.cdb())
                    .put("task_tag", command.taskTag())
                    .put("sequence", command.sequence())
                    .put("aborted", command.aborted());
            if (command.tag() >= 0) {
                object.put("queue", command.queue()).put("tag", command.tag());
            }
            if (command.left() != Long.MAX_VALUE) {
                object.put("left_s", seconds(Duration.ofNanos(command.left())));
            }
        }
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    void describeNexuses(ArrayNode array) throws IOException {
        for (NexusInfo info : client.nexuses()) {
            array.addObject()
                    .put("initiator", info.initiatorPort())
                    .put("target", info.targetPort())
                    .put("relative_port", info.relativePort())
                    .put("port_group", info.portGroup())
                    .put("peer", info.peer())
                    .put("live", info.live())
                    .put("commands", info.commands());
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
