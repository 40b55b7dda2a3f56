// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.Group;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.PortalAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The part of the status that the configuration and the handler processes know: processes, portals, targets, devices. */
final class StatusReport {
    private StatusReport() {}

    /** The process behind a handler's answer. */
    static void process(ObjectNode object, JsonNode answer) {
        for (String key : List.of("pid", "uptime_s", "connected")) {
            object.set(key, answer.path(key));
        }
    }

    /** @param answers of the handler processes that gave one, by name */
    static void handlers(ObjectNode status, ApplianceConfig config, Map<String, ObjectNode> answers) {
        ArrayNode array = status.putArray("handlers");
        for (String name : config.handlers()) {
            ObjectNode object = array.addObject().put("name", name).put("answers", answers.containsKey(name));
            ObjectNode answer = answers.get(name);
            if (answer != null) {
                process(object, answer);
            }
        }
    }

    /** Adds type, handler and capacity to what the gateway says of each device. */
    static void addHandlersView(
            ArrayNode described, Map<String, ApplianceConfig.Device> configured, Map<String, ObjectNode> answers) {
        Map<String, JsonNode> capacities = new HashMap<>();
        for (ObjectNode answer : answers.values()) {
            for (JsonNode device : answer.path("devices")) {
                if (device.has("capacity")) {
                    capacities.put(device.path("name").stringValue(""), device.path("capacity"));
                }
            }
        }
        for (JsonNode node : described) {
            ObjectNode object = (ObjectNode) node;
            String name = object.path("name").stringValue("");
            ApplianceConfig.Device device = configured.get(name);
            object.put("type", device == null ? "?" : device.type());
            if (device != null) {
                object.put("handler", device.handler());
            }
            JsonNode capacity = capacities.get(name);
            if (capacity != null) {
                object.set("capacity", capacity);
            }
        }
    }

    static void portals(ObjectNode status, List<PortalAddress> portals) {
        ArrayNode array = status.putArray("portals");
        portals.forEach(portal -> array.add(portal.toString()));
    }

    static void targets(ObjectNode status, ApplianceConfig config) {
        ArrayNode array = status.putArray("targets");
        for (Target target : config.targets()) {
            ObjectNode object = array.addObject().put("name", target.name()).put("alias", target.alias());
            object.put("chap", target.chap().initiator().isPresent());
            object.put("mutual_chap", target.chap().target().isPresent());
            ArrayNode luns = object.putArray("luns");
            luns(luns, ApplianceConfig.DEFAULT_GROUP, target.luns());
            for (Group group : target.groups()) {
                luns(luns, group.name(), group.luns());
            }
        }
    }

    private static void luns(ArrayNode array, String group, List<Lun> luns) {
        for (Lun lun : luns) {
            array.addObject()
                    .put("group", group)
                    .put("lun", lun.lun())
                    .put("device", lun.device())
                    .put("read_only", lun.readOnly());
        }
    }
}
