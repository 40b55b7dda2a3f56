// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.Group;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.PortalAddress;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The part of the status that the configuration knows: portals, targets and their LUN maps. */
final class StatusReport {
    private StatusReport() {}

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
            array.addObject().put("group", group).put("lun", lun.lun()).put("device", lun.device());
        }
    }
}
