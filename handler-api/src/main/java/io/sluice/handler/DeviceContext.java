// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import io.sluice.scsi.AdditionalSense;
import java.nio.file.Path;

/**
 * A device's view of its surroundings. Every method may be called from any thread, at any time from open to close; a
 * Unit Attention raised while a command executes is established before that command's status goes out.
 */
public interface DeviceContext {
    /** The device's name in the configuration, unique, and its identity at the gateway. */
    String name();

    /** A directory of the device's own, which exists: saved pages, small state. */
    Path home();

    /** Establishes a unit attention condition (SAM-6 5.14) for every nexus of this device. */
    void raiseUnitAttention(AdditionalSense sense);

    /** The same for every nexus but one: what MODE SELECT does to the others. */
    void raiseUnitAttentionExcept(ItNexus but, AdditionalSense sense);

    /** The same for one nexus. */
    void raiseUnitAttentionFor(ItNexus only, AdditionalSense sense);

    /**
     * The Control mode page's current values changed (SPC-5 7.5.10). The runtime and the gateway both build sense data and
     * follow from the next command end on; when a command changes them, before its own status goes out.
     */
    void controlModeChanged(ControlMode mode);

    /** Meters of the device's own. */
    DeviceMeters meters();
}
