// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.appliance.config.ApplianceConfig.Credentials;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.PortalAddress;
import java.util.ArrayList;
import java.util.List;

/** A gateway that writes down what it is asked for. */
final class RecordingPlane implements ControlPlane {
    final List<String> calls = new ArrayList<>();

    @Override
    public PortalAddress addPortal(PortalAddress portal) {
        calls.add("portal " + portal);
        return portal.withPort(4000);
    }

    @Override
    public void addTarget(String target, String alias) {
        calls.add("target " + target + " " + alias);
    }

    @Override
    public void logIn(String target) {
        calls.add("log in to " + target);
    }

    @Override
    public void removeTarget(String target) {
        calls.add("no target " + target);
    }

    @Override
    public void addGroup(String target, String group) {
        calls.add("group " + group);
    }

    @Override
    public void removeGroup(String target, String group) {
        calls.add("no group " + group);
    }

    @Override
    public void addInitiator(String target, String group, String pattern) {
        calls.add("initiator " + group + " " + pattern);
    }

    @Override
    public void removeInitiator(String target, String group, String pattern) {
        calls.add("no initiator " + group + " " + pattern);
    }

    @Override
    public void mapLun(String target, String group, Lun lun) {
        calls.add("lun " + group + " " + lun.lun() + " " + lun.device() + (lun.readOnly() ? " read-only" : ""));
    }

    @Override
    public void unmapLun(String target, String group, int lun) {
        calls.add("no lun " + group + " " + lun);
    }

    @Override
    public void requireChap(String target, Credentials initiator) {
        calls.add("chap " + target + " " + initiator.user());
    }

    @Override
    public void answerChap(String target, Credentials mutual) {
        calls.add("mutual " + target + " " + mutual.user());
    }

    @Override
    public void requireNoChap(String target) {
        calls.add("no chap " + target);
    }

    @Override
    public void answerNoChap(String target) {
        calls.add("no mutual " + target);
    }

    @Override
    public void denyUnknown(String target) {
        calls.add("deny");
    }

    @Override
    public void admitUnknown(String target) {
        calls.add("admit");
    }

    @Override
    public void setAccess(AccessState state) {
        calls.add("access " + state.device().orElse("*") + " " + state.group() + " " + state.state()
                + (state.preferred() ? " preferred" : ""));
    }
}
