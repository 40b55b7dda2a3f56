// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.appliance.config.ConfigException;
import io.sluice.appliance.config.ConfigSource;
import io.sluice.appliance.config.PortalAddress;
import io.sluice.runtime.ControlClient.Access;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an operator may ask of a running appliance: the main process answers for all, and passes on what concerns devices of
 * another one. Called from any thread.
 */
final class Operator implements AdminServer.Service {
    private static final Logger LOG = LoggerFactory.getLogger(Operator.class);

    private final HandlerOperator own;
    private final OtherHandlers others;
    private final ConfigSource source;
    private volatile ApplianceConfig config;
    private final GatewayControl control;
    private final List<PortalAddress> portals;
    private final Optional<PortalAddress> metrics;
    private final Map<String, ApplianceConfig.Device> devices = new ConcurrentSkipListMap<>();

    /** @param source reads the configuration again */
    Operator(
            HandlerOperator own,
            OtherHandlers others,
            ApplianceConfig config,
            ConfigSource source,
            GatewayControl control,
            List<PortalAddress> portals,
            Optional<PortalAddress> metrics) {
        this.own = own;
        this.others = others;
        this.config = config;
        this.source = source;
        this.control = control;
        this.portals = portals;
        this.metrics = metrics;
        config.devices().forEach(device -> devices.put(device.name(), device));
    }

    @Override
    public ObjectNode answer(JsonNode request) throws AdminException, IOException {
        return switch (request.path("op").stringValue("")) {
            case "status" -> status();
            case "commands" -> commands();
            case "resize" -> resize(request);
            case "reload" -> reload();
            case "access" -> access(request);
            case "operate" -> operate(request);
            default -> own.answer(request);
        };
    }

    private ObjectNode resize(JsonNode request) throws AdminException, IOException {
        String name = request.path("device").stringValue("");
        ApplianceConfig.Device device = devices.get(name);
        if (device == null) {
            throw new AdminException("no device \"" + name + "\": there are " + String.join(", ", devices.keySet()));
        }
        return device.handler().equals(ApplianceConfig.MAIN_HANDLER)
                ? own.answer(request)
                : others.ask(device.handler(), (ObjectNode) request, OtherHandlers.WORK_PATIENCE);
    }

    /** Applies what the file says of targets and access states; what it says of processes and devices waits for a restart. */
    private synchronized ObjectNode reload() throws AdminException, IOException {
        ApplianceConfig next;
        try {
            next = source.read();
        } catch (ConfigException wrong) {
            throw new AdminException("nothing was changed:\n" + wrong.getMessage());
        }
        List<String> grown = openGrown(config.grown(next));
        ApplianceConfig now = config.withDevices(config.grown(next).stream()
                .filter(device -> grown.contains(device.name()))
                .toList());
        now.devices().forEach(device -> devices.putIfAbsent(device.name(), device));
        List<String> done = new ArrayList<>();
        grown.forEach(name -> done.add("device " + name + ": added"));
        done.addAll(GatewayChange.apply(control, now, next));
        config = now.withTargetsOf(next);
        ObjectNode answer = AdminProtocol.JSON.createObjectNode();
        ArrayNode changes = answer.putArray("changes");
        done.forEach(changes::add);
        done.forEach(change -> LOG.info("reload: {}", change));
        ArrayNode waiting = answer.putArray("waiting");
        now.differences(next).forEach(waiting::add);
        return answer;
    }

    /** Has each process open the devices by which its groups have grown; LUNs can be mapped to these afterwards. */
    private List<String> openGrown(List<ApplianceConfig.Device> devices) throws AdminException, IOException {
        Set<String> handlers = new LinkedHashSet<>();
        devices.forEach(device -> handlers.add(device.handler()));
        List<String> opened = new ArrayList<>();
        for (String handler : handlers) {
            ObjectNode request = AdminProtocol.request("open-grown");
            ObjectNode answer = handler.equals(ApplianceConfig.MAIN_HANDLER)
                    ? own.answer(request)
                    : others.ask(handler, request, OtherHandlers.WORK_PATIENCE);
            answer.path("devices").forEach(name -> opened.add(name.stringValue("")));
        }
        return opened;
    }

    /** Passes an operator's command on a group to the process that serves it; {@code list} without a name goes to every group. */
    private ObjectNode operate(JsonNode request) throws AdminException, IOException {
        String noun = request.path("noun").stringValue("");
        List<String> arguments = new ArrayList<>();
        request.path("arguments").forEach(argument -> arguments.add(argument.stringValue("")));
        List<ApplianceConfig.DeviceGroup> asked = GroupChoice.take(config.groups(), noun, arguments);
        ObjectNode joined = AdminProtocol.JSON.createObjectNode();
        for (ApplianceConfig.DeviceGroup group : asked) {
            ObjectNode one =
                    AdminProtocol.request("operate").put("word", group.word()).put("group", group.name());
            one.put("noun", noun).set("arguments", AdminProtocol.JSON.valueToTree(arguments));
            ObjectNode answer = group.handler().equals(ApplianceConfig.MAIN_HANDLER)
                    ? own.answer(one)
                    : others.ask(group.handler(), one, OtherHandlers.OPERATION_PATIENCE);
            GroupChoice.join(joined, answer);
        }
        return joined;
    }

    private synchronized ObjectNode access(JsonNode request) throws AdminException, IOException {
        String device = request.path("device").stringValue("");
        if (!device.isEmpty() && !devices.containsKey(device)) {
            throw new AdminException("no device \"" + device + "\": there are " + String.join(", ", devices.keySet()));
        }
        int group = request.path("group").intValue(0);
        Access state = Access.valueOf(request.path("state").stringValue(""));
        control.setAccess(
                new AccessState(group, state, device.isEmpty() ? Optional.empty() : Optional.of(device), false));
        LOG.info("portal group {}: {} {}", group, state, device);
        return AdminProtocol.JSON.createObjectNode().put("group", group).put("state", state.name());
    }

    private ObjectNode commands() throws IOException {
        ObjectNode answer = AdminProtocol.JSON.createObjectNode();
        control.describeCommands(answer.putArray("commands"));
        return answer;
    }

    private ObjectNode status() throws IOException {
        Map<String, ObjectNode> answers = others.statuses();
        ObjectNode mine = own.status();
        answers.put(ApplianceConfig.MAIN_HANDLER, mine);
        ObjectNode status = AdminProtocol.JSON.createObjectNode().put("state", "running");
        control.describeGateway(
                status.putObject("gateway").put("kind", config.gateway().kind().word()));
        ObjectNode appliance = status.putObject("appliance");
        StatusReport.process(appliance, mine);
        StatusReport.handlers(status, config, answers);
        control.describeSessions(status.putArray("sessions"));
        StatusReport.portals(status, portals);
        metrics.ifPresent(address -> status.put("metrics", address.toString()));
        StatusReport.targets(status, config);
        ArrayNode described = status.putArray("devices");
        control.describeDevices(described);
        StatusReport.addHandlersView(described, devices, answers);
        control.describeNexuses(status.putArray("nexuses"));
        return status;
    }
}
