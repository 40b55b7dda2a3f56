// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an operator may ask of a running appliance: the main process answers for all, and passes on what concerns devices of
 * another one. Called from any thread.
 */
final class Operator implements AdminServer.Service {
    private final HandlerOperator own;
    private final OtherHandlers others;
    private final ApplianceConfig config;
    private final GatewayControl control;
    private final List<PortalAddress> portals;
    private final Optional<PortalAddress> metrics;
    private final Map<String, ApplianceConfig.Device> devices = new LinkedHashMap<>();

    Operator(
            HandlerOperator own,
            OtherHandlers others,
            ApplianceConfig config,
            GatewayControl control,
            List<PortalAddress> portals,
            Optional<PortalAddress> metrics) {
        this.own = own;
        this.others = others;
        this.config = config;
        this.control = control;
        this.portals = portals;
        this.metrics = metrics;
        config.devices().forEach(device -> devices.put(device.name(), device));
    }

    @Override
    public ObjectNode answer(JsonNode request) throws AdminException, IOException {
        return switch (request.path("op").stringValue("")) {
            case "status" -> status();
            case "resize" -> resize(request);
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

    private ObjectNode status() throws IOException {
        Map<String, ObjectNode> answers = others.statuses();
        ObjectNode mine = own.status();
        answers.put(ApplianceConfig.MAIN_HANDLER, mine);
        ObjectNode status = AdminProtocol.JSON.createObjectNode().put("state", "running");
        control.describeGateway(status.putObject("gateway"));
        ObjectNode appliance = status.putObject("appliance");
        StatusReport.process(appliance, mine);
        StatusReport.handlers(status, config, answers);
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
