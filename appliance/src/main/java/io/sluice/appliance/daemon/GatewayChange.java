// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.appliance.config.ApplianceConfig.Chap;
import io.sluice.appliance.config.ApplianceConfig.Group;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.runtime.ControlClient.Access;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings a gateway from one configuration to the next while initiators are logged in: targets, credentials, groups, patterns,
 * LUNs and access states. What stays is not touched, so that its commands go on and nobody hears of it.
 */
final class GatewayChange {
    private final ControlPlane plane;
    private final List<String> done = new ArrayList<>();

    private GatewayChange(ControlPlane plane) {
        this.plane = plane;
    }

    /**
     * Carries out what differs; returns a line for each change.
     *
     * @throws IOException if the gateway refuses one, or is gone; those before it are done
     */
    static List<String> apply(ControlPlane plane, ApplianceConfig from, ApplianceConfig to) throws IOException {
        GatewayChange change = new GatewayChange(plane);
        change.chap("", from.discovery(), to.discovery());
        change.accessStates(from.accessStates(), to.accessStates());
        change.targets(byName(from), byName(to));
        if (from.gateway().kind() == GatewayKind.MODULE) {
            GatewaySetup.logIn(plane, to); // also those that let this machine in only now
        }
        return change.done;
    }

    private static Map<String, Target> byName(ApplianceConfig config) {
        Map<String, Target> targets = new LinkedHashMap<>();
        config.targets().forEach(target -> targets.put(target.name(), target));
        return targets;
    }

    private void accessStates(List<AccessState> from, List<AccessState> to) throws IOException {
        for (AccessState old : from) {
            boolean stays = to.stream()
                    .anyMatch(state ->
                            state.group() == old.group() && state.device().equals(old.device()));
            if (!stays) {
                set(new AccessState(old.group(), Access.ACTIVE_OPTIMIZED, old.device(), false));
            }
        }
        for (AccessState state : to) {
            if (!from.contains(state)) {
                set(state);
            }
        }
    }

    private void set(AccessState state) throws IOException {
        plane.setAccess(state);
        done.add("portal group " + state.group() + ": " + state.state()
                + state.device().map(device -> " for device " + device).orElse(""));
    }

    private void targets(Map<String, Target> from, Map<String, Target> to) throws IOException {
        for (Target old : from.values()) {
            Target now = to.get(old.name());
            if (now == null || !now.alias().equals(old.alias())) {
                plane.removeTarget(old.name());
                done.add(old.name() + ": removed, its sessions ended");
            }
        }
        for (Target now : to.values()) {
            Target old = from.get(now.name());
            if (old == null || !now.alias().equals(old.alias())) {
                GatewaySetup.target(plane, now);
                done.add(now.name() + ": added");
            } else if (!now.equals(old)) {
                target(old, now);
            }
        }
    }

    /** Who gains access does so before who loses it, so that one who only changes groups sees his LUNs all the time. */
    private void target(Target old, Target now) throws IOException {
        String name = now.name();
        chap(name, old.chap(), now.chap());
        groups(old, now);
        patterns(name, ApplianceConfig.DEFAULT_GROUP, List.of(), missing(old.allow(), now.allow()));
        if (old.allow().isEmpty() != now.allow().isEmpty()) {
            if (now.allow().isEmpty()) {
                plane.admitUnknown(name);
            } else {
                plane.denyUnknown(name);
            }
            done.add(name + ": " + (now.allow().isEmpty() ? "everybody may" : "only allowed initiators may")
                    + " log in");
        }
        patterns(name, ApplianceConfig.DEFAULT_GROUP, missing(now.allow(), old.allow()), List.of());
        luns(name, ApplianceConfig.DEFAULT_GROUP, old.luns(), now.luns());
    }

    /** The gateway asks groups in the order in which they were added: from the first that differs in it, all are added again. */
    private void groups(Target old, Target now) throws IOException {
        List<Group> kept = new ArrayList<>();
        for (Group group : old.groups()) {
            boolean stays = kept.size() < now.groups().size()
                    && now.groups().get(kept.size()).name().equals(group.name());
            if (stays) {
                kept.add(group);
            } else {
                plane.removeGroup(now.name(), group.name());
                done.add(now.name() + ": group " + group.name() + " removed");
            }
        }
        for (int i = 0; i < now.groups().size(); i++) {
            Group group = now.groups().get(i);
            if (i < kept.size()) {
                Group before = kept.get(i);
                luns(now.name(), group.name(), before.luns(), group.luns());
                patterns(
                        now.name(),
                        group.name(),
                        missing(group.initiators(), before.initiators()),
                        missing(before.initiators(), group.initiators()));
            } else {
                GatewaySetup.group(plane, now.name(), group);
                done.add(now.name() + ": group " + group.name() + " added");
            }
        }
    }

    /** Those of {@code there} that are not in {@code here}. */
    private static List<String> missing(List<String> here, List<String> there) {
        return there.stream().filter(pattern -> !here.contains(pattern)).toList();
    }

    private void patterns(String target, String group, List<String> removed, List<String> added) throws IOException {
        for (String pattern : added) {
            plane.addInitiator(target, group, pattern);
            done.add(target + ": group " + group + ": " + pattern + " added");
        }
        for (String pattern : removed) {
            plane.removeInitiator(target, group, pattern);
            done.add(target + ": group " + group + ": " + pattern + " removed");
        }
    }

    private void luns(String target, String group, List<Lun> from, List<Lun> to) throws IOException {
        for (Lun old : from) {
            boolean stays = to.stream()
                    .anyMatch(lun -> lun.lun() == old.lun() && lun.device().equals(old.device()));
            if (!stays) {
                plane.unmapLun(target, group, old.lun());
                done.add(target + ": group " + group + ": LUN " + old.lun() + " unmapped");
            }
        }
        for (Lun lun : to) {
            if (!from.contains(lun)) {
                plane.mapLun(target, group, lun);
                done.add(target + ": group " + group + ": LUN " + lun.lun() + " is " + lun.device()
                        + (lun.readOnly() ? ", read-only" : ""));
            }
        }
    }

    private void chap(String target, Chap from, Chap to) throws IOException {
        if (from.equals(to)) {
            return;
        }
        // New credentials replace old ones: there is no moment at which nobody has to prove anything.
        if (from.target().isPresent() && to.target().isEmpty()) {
            plane.answerNoChap(target);
        }
        if (from.initiator().isPresent() && to.initiator().isEmpty()) {
            plane.requireNoChap(target);
        }
        GatewaySetup.chap(plane, target, to);
        done.add((target.isEmpty() ? "discovery" : target) + ": CHAP "
                + (to.initiator().isPresent() ? "set" : "off"));
    }
}
