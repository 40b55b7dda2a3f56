// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.appliance.config.ApplianceConfig.Credentials;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.PortalAddress;
import java.io.IOException;

/**
 * What the appliance asks of a gateway to configure it. Each call is idempotent: what is there already, just so, is success,
 * so that an appliance that was started again applies its whole configuration again.
 */
interface ControlPlane {
    /** Listens; returns the portal with the port that was bound. */
    PortalAddress addPortal(PortalAddress portal) throws IOException;

    void addTarget(String target, String alias) throws IOException;

    /** The module: this machine logs in, and the target's LUNs become devices of its own. A target that does not let it in stays as it is. */
    void logIn(String target) throws IOException;

    /** Its sessions end first. */
    void removeTarget(String target) throws IOException;

    void addGroup(String target, String group) throws IOException;

    void removeGroup(String target, String group) throws IOException;

    void addInitiator(String target, String group, String pattern) throws IOException;

    void removeInitiator(String target, String group, String pattern) throws IOException;

    /** Maps it, or changes whether it is read-only. */
    void mapLun(String target, String group, Lun lun) throws IOException;

    void unmapLun(String target, String group, int lun) throws IOException;

    /** Initiators prove themselves; an empty target means discovery sessions. */
    void requireChap(String target, Credentials initiator) throws IOException;

    /** The target proves itself, too. */
    void answerChap(String target, Credentials mutual) throws IOException;

    /** From now on only initiators that a group names may log in. */
    void denyUnknown(String target) throws IOException;

    /** Also others may, as at first. */
    void admitUnknown(String target) throws IOException;

    /** Initiators need not prove themselves any more. */
    void requireNoChap(String target) throws IOException;

    /** The target does not prove itself any more. */
    void answerNoChap(String target) throws IOException;

    /** Initiators of the devices hear of a change. */
    void setAccess(AccessState state) throws IOException;
}
