// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ByteSize;
import io.sluice.appliance.config.PortalAddress;
import io.sluice.handler.Device;
import io.sluice.handler.Resizable;
import io.sluice.runtime.HandlerRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an operator may ask of a running appliance. Called from any thread. */
final class Operator implements AdminServer.Service {
    private static final Logger LOG = LoggerFactory.getLogger(Operator.class);

    private final ApplianceConfig config;
    private final HandlerRuntime runtime;
    private final GatewayControl control;
    private final List<PortalAddress> portals;
    private final Optional<PortalAddress> metrics;
    private final LongSupplier handOver;
    private final Map<String, String> types = new HashMap<>();

    /** @param handOver lets go of everything that the process that takes over needs; returns milliseconds */
    Operator(
            ApplianceConfig config,
            HandlerRuntime runtime,
            GatewayControl control,
            List<PortalAddress> portals,
            Optional<PortalAddress> metrics,
            LongSupplier handOver) {
        this.handOver = handOver;
        this.config = config;
        this.runtime = runtime;
        this.control = control;
        this.portals = portals;
        this.metrics = metrics;
        config.devices().forEach(device -> types.put(device.name(), device.type()));
    }

    @Override
    public ObjectNode answer(JsonNode request) throws AdminException, IOException {
        String op = request.path("op").stringValue("");
        return switch (op) {
            case "status" -> status();
            case "resize" ->
                resize(
                        request.path("device").stringValue(""),
                        request.path("bytes").longValue(-1));
            case "hand-over" -> AdminProtocol.JSON.createObjectNode().put("pause_ms", handOver.getAsLong());
            default -> throw new AdminException("op \"" + op + "\" is unknown: it is status, resize or hand-over");
        };
    }

    private ObjectNode status() throws IOException {
        ObjectNode status = AdminProtocol.JSON.createObjectNode().put("state", "running");
        control.describeGateway(status.putObject("gateway"));
        status.putObject("appliance")
                .put("pid", ProcessHandle.current().pid())
                .put("uptime_s", ManagementFactory.getRuntimeMXBean().getUptime() / 1000)
                .put("connected", runtime.isConnected());
        StatusReport.portals(status, portals);
        metrics.ifPresent(address -> status.put("metrics", address.toString()));
        StatusReport.targets(status, config);
        ArrayNode devices = status.putArray("devices");
        control.describeDevices(devices);
        for (JsonNode device : devices) {
            addOwnView((ObjectNode) device);
        }
        control.describeNexuses(status.putArray("nexuses"));
        return status;
    }

    private void addOwnView(ObjectNode object) {
        String name = object.path("name").stringValue("");
        object.put("type", types.getOrDefault(name, "?"));
        if (runtime.device(name) instanceof Resizable disk) {
            object.put("capacity", disk.capacityBytes());
        }
    }

    private ObjectNode resize(String name, long bytes) throws AdminException, IOException {
        Device device = runtime.device(name);
        if (device == null) {
            throw new AdminException(
                    "no device \"" + name + "\": there are " + String.join(", ", runtime.deviceNames()));
        }
        if (!(device instanceof Resizable disk)) {
            throw new AdminException(
                    "device \"" + name + "\" has no size that could change: it is of type " + types.get(name));
        }
        if (bytes <= 0) {
            throw new AdminException("size " + bytes + ": name a size above 0, such as 2GiB");
        }
        long before = disk.capacityBytes();
        try {
            disk.resize(bytes);
        } catch (IOException e) {
            throw new AdminException("device \"" + name + "\": " + e.getMessage());
        }
        LOG.info(
                "device {} resized from {} to {}",
                name,
                ByteSize.format(before),
                ByteSize.format(disk.capacityBytes()));
        return AdminProtocol.JSON.createObjectNode().put("device", name).put("bytes", disk.capacityBytes());
    }
}
