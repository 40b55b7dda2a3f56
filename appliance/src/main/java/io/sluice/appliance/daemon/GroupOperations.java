// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.DeviceGroup;
import io.sluice.appliance.config.ConfigException;
import io.sluice.appliance.config.ConfigSource;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.OperationException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What operators ask of the device groups that this process serves. Threads: any. */
final class GroupOperations {
    private static final Logger LOG = LoggerFactory.getLogger(GroupOperations.class);

    private final String handler;
    private final ApplianceConfig config;
    private final ConfigSource source;
    private final DeviceOpener opener;

    /**
     * @param config that this process began with
     * @param source reads it again
     */
    GroupOperations(String handler, ApplianceConfig config, ConfigSource source, DeviceOpener opener) {
        this.handler = handler;
        this.config = config;
        this.source = source;
        this.opener = opener;
    }

    /** A command on one group, which the request names with {@code word} and {@code group}. */
    ObjectNode operate(JsonNode request) throws AdminException, IOException {
        String word = request.path("word").stringValue("");
        String name = request.path("group").stringValue("");
        String noun = request.path("noun").stringValue("");
        List<String> arguments = new ArrayList<>();
        request.path("arguments").forEach(argument -> arguments.add(argument.stringValue("")));
        DeviceGroup group = config.groups().stream()
                .filter(one -> one.word().equals(word) && one.name().equals(name))
                .filter(one -> one.handler().equals(handler))
                .findFirst()
                .orElseThrow(() -> new AdminException(word + " \"" + name + "\" is not served by the handler process "
                        + handler + ": its log tells why"));
        try {
            Map<String, ?> answer = group.provider().operate(group.config().get(), noun, arguments);
            LOG.info("{} {}: {} {}", word, name, noun, String.join(" ", arguments));
            return AdminProtocol.JSON.valueToTree(answer);
        } catch (OperationException | DeviceConfigException refused) {
            throw new AdminException(String.valueOf(refused.getMessage()));
        }
    }

    /** Opens the devices by which the groups of this process have grown since it began, and that are not open yet. */
    synchronized ObjectNode openGrown() throws AdminException, IOException {
        ObjectNode answer = AdminProtocol.JSON.createObjectNode();
        ArrayNode opened = answer.putArray("devices");
        try {
            for (ApplianceConfig.Device device : config.grown(source.read())) {
                if (device.handler().equals(handler)
                        && (opener.isOpen(device.name()) || opener.open(device).isPresent())) {
                    opened.add(device.name());
                }
            }
        } catch (ConfigException | DeviceConfigException wrong) {
            throw new AdminException(String.valueOf(wrong.getMessage()));
        }
        return answer;
    }
}
