// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.appliance.config.ApplianceConfig.Chap;
import io.sluice.appliance.config.ApplianceConfig.Group;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a gateway into the state that the configuration describes. Portals come last: nobody reaches a target before its
 * credentials, groups and LUNs are in place.
 */
final class GatewaySetup {
    private GatewaySetup() {}

    /** Everything but the portals. */
    static void configure(ControlPlane plane, ApplianceConfig config) throws IOException {
        chap(plane, "", config.discovery());
        for (AccessState state : config.accessStates()) {
            plane.setAccess(state);
        }
        for (Target target : config.targets()) {
            target(plane, target);
        }
    }

    /** Opens the portals; returns them with the ports that were bound. */
    static List<PortalAddress> open(ControlPlane plane, List<PortalAddress> portals) throws IOException {
        List<PortalAddress> bound = new ArrayList<>();
        for (PortalAddress portal : portals) {
            bound.add(plane.addPortal(portal));
        }
        return bound;
    }

    /** The module's counterpart of portals: this machine logs in to every target, when all devices are served. */
    static void logIn(ControlPlane plane, ApplianceConfig config) throws IOException {
        for (Target target : config.targets()) {
            plane.logIn(target.name());
        }
    }

    static void target(ControlPlane plane, Target target) throws IOException {
        String name = target.name();
        plane.addTarget(name, target.alias());
        chap(plane, name, target.chap());
        for (Group group : target.groups()) {
            group(plane, name, group);
        }
        for (String pattern : target.allow()) {
            plane.addInitiator(name, ApplianceConfig.DEFAULT_GROUP, pattern);
        }
        if (!target.allow().isEmpty()) {
            plane.denyUnknown(name);
        }
        luns(plane, name, ApplianceConfig.DEFAULT_GROUP, target.luns());
    }

    static void group(ControlPlane plane, String target, Group group) throws IOException {
        plane.addGroup(target, group.name());
        for (String pattern : group.initiators()) {
            plane.addInitiator(target, group.name(), pattern);
        }
        luns(plane, target, group.name(), group.luns());
    }

    private static void luns(ControlPlane plane, String target, String group, List<Lun> luns) throws IOException {
        for (Lun lun : luns) {
            plane.mapLun(target, group, lun);
        }
    }

    static void chap(ControlPlane plane, String target, Chap chap) throws IOException {
        if (chap.initiator().isPresent()) {
            plane.requireChap(target, chap.initiator().get());
        }
        if (chap.target().isPresent()) {
            plane.answerChap(target, chap.target().get());
        }
    }
}
