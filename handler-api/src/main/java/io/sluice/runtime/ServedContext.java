// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.ControlMode;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceMeters;
import io.sluice.handler.ItNexus;
import io.sluice.ring.Abi;
import io.sluice.scsi.AdditionalSense;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a device sees of the runtime. Unit attentions for all that find no session wait for the next one. */
final class ServedContext implements DeviceContext {
    private final String name;
    private final Path home;
    private final DeviceMeters meters;
    private final Set<AdditionalSense> waiting = new LinkedHashSet<>();
    private volatile @Nullable ServedDevice device;
    private volatile @Nullable HandlerSession session;

    ServedContext(String name, Path home, DeviceMeters meters) {
        this.name = name;
        this.home = home;
        this.meters = meters;
    }

    void serves(ServedDevice served) {
        device = served;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Path home() {
        return home;
    }

    @Override
    public void raiseUnitAttention(AdditionalSense sense) {
        if (!send(Abi.UA_ALL, 0, sense) && device != null) {
            synchronized (waiting) {
                waiting.add(sense);
            }
        }
    }

    @Override
    public void raiseUnitAttentionExcept(ItNexus but, AdditionalSense sense) {
        send(Abi.UA_ALL_BUT, but.id(), sense);
    }

    @Override
    public void raiseUnitAttentionFor(ItNexus only, AdditionalSense sense) {
        send(Abi.UA_ONE, only.id(), sense);
    }

    private boolean send(int scope, int nexus, AdditionalSense sense) {
        ServedDevice served = device;
        HandlerSession current = session;
        return served != null
                && current != null
                && current.unitAttention(served, scope, nexus, sense.asc(), sense.ascq());
    }

    /** The device is about to be bound to a session; its commands may come at any moment from now. */
    void sessionBegins(HandlerSession begins) {
        session = begins;
    }

    /** The device is bound: what waited goes out. */
    void sessionBegan() {
        Set<AdditionalSense> late;
        synchronized (waiting) {
            late = new LinkedHashSet<>(waiting);
            waiting.clear();
        }
        late.forEach(this::raiseUnitAttention);
    }

    @Override
    public void controlModeChanged(ControlMode mode) {
        ServedDevice served = device;
        if (served == null) {
            return; // while the device opens: its profile says the values
        }
        served.controlModeChanged(mode);
        HandlerSession current = session;
        if (current != null) {
            current.controlMode(served, served.controlMode());
        }
    }

    @Override
    public DeviceMeters meters() {
        return meters;
    }
}
