// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ByteSize;
import io.sluice.handler.Device;
import io.sluice.handler.Resizable;
import io.sluice.runtime.HandlerRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What may be asked of any handler process, about itself and the devices that it serves. Called from any thread. */
final class HandlerOperator implements AdminServer.Service {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerOperator.class);

    private final String handler;
    private final HandlerRuntime runtime;
    private final GroupOperations groups;
    private final Supplier<String> metrics;
    private final LongSupplier handOver;

    /**
     * @param metrics of this process, in Prometheus' text format
     * @param handOver lets go of everything that the process that takes over needs; returns milliseconds
     */
    HandlerOperator(
            String handler,
            HandlerRuntime runtime,
            GroupOperations groups,
            Supplier<String> metrics,
            LongSupplier handOver) {
        this.handler = handler;
        this.runtime = runtime;
        this.groups = groups;
        this.metrics = metrics;
        this.handOver = handOver;
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
            case "operate" -> groups.operate(request);
            case "open-grown" -> groups.openGrown();
            case "metrics" -> AdminProtocol.JSON.createObjectNode().put("text", metrics.get());
            case "hand-over" -> AdminProtocol.JSON.createObjectNode().put("pause_ms", handOver.getAsLong());
            default ->
                throw new AdminException("op \"" + op
                        + "\" is unknown: it is status, resize, operate, open-grown, metrics or hand-over");
        };
    }

    ObjectNode status() {
        ObjectNode status = AdminProtocol.JSON
                .createObjectNode()
                .put("name", handler)
                .put("pid", ProcessHandle.current().pid())
                .put("uptime_s", ManagementFactory.getRuntimeMXBean().getUptime() / 1000)
                .put("connected", runtime.isConnected());
        ArrayNode devices = status.putArray("devices");
        for (String name : runtime.deviceNames()) {
            ObjectNode device = devices.addObject().put("name", name);
            if (runtime.device(name) instanceof Resizable disk) {
                device.put("capacity", disk.capacityBytes());
            }
        }
        return status;
    }

    private ObjectNode resize(String name, long bytes) throws AdminException {
        Device device = runtime.device(name);
        if (device == null) {
            throw new AdminException("no device \"" + name + "\" is served by the handler process "
                    + handler + ", but " + String.join(", ", runtime.deviceNames())
                    + (handler.equals(ApplianceConfig.MAIN_HANDLER) ? "" : ": see its log"));
        }
        if (!(device instanceof Resizable disk)) {
            throw new AdminException("device \"" + name + "\" has no size that could change: its type has none");
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
