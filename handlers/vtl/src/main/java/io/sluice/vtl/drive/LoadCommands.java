// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TEST UNIT READY, LOAD UNLOAD (SSC-5 6.8), PREVENT ALLOW MEDIUM REMOVAL (SPC-5 6.16). */
final class LoadCommands {
    private static final Logger LOG = LoggerFactory.getLogger(LoadCommands.class);
    private static final int LOAD = 0x01;
    private static final int EOT = 0x04;
    private static final int HOLD = 0x08;

    private final DriveUnit unit;
    private final DriveState state;
    private final DeviceContext context;
    private final Prevention prevention;

    LoadCommands(DriveUnit unit, DeviceContext context, Prevention prevention) {
        this.unit = unit;
        this.state = unit.state;
        this.context = context;
        this.prevention = prevention;
    }

    void testUnitReady(ScsiCommand command) {
        if (unit.ready(command) != null) {
            command.good(0);
        }
    }

    /** RETEN means nothing to a medium that has no tension; EOT asks for the end before an unload, and a load refuses it. */
    void loadUnload(ScsiCommand command) {
        int flags = command.cdb8(4);
        if ((flags & (LOAD | EOT)) == (LOAD | EOT)) {
            command.invalidField(4, 2);
        } else if (!state.load.isMounted()) {
            unit.ready(command);
        } else if ((flags & LOAD) != 0) {
            load(command, (flags & HOLD) != 0);
        } else {
            unload(command, (flags & HOLD) != 0);
        }
    }

    private void load(ScsiCommand command, boolean hold) {
        Partition medium = unit.loaded();
        if (medium != null && !unit.synchronize(command, medium, Long.MAX_VALUE)) {
            return;
        }
        state.position = 0;
        if (medium == null && hold) {
            state.load = LoadState.HELD;
        } else if (medium == null) {
            state.load = LoadState.LOADED;
            state.count(Counter.THREADS, 1);
            unit.replaces(command.sequence());
            context.raiseUnitAttentionExcept(
                    command.nexus(), AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        }
        command.good(0);
    }

    private void unload(ScsiCommand command, boolean hold) {
        if (!hold && prevention.isPrevented()) {
            unit.alerts.raise(TapeAlerts.NO_REMOVAL);
            command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
            return;
        }
        Partition medium = unit.loaded();
        if (medium != null && !unit.synchronize(command, medium, Long.MAX_VALUE)) {
            return;
        }
        state.position = 0;
        if (!hold) {
            state.load = LoadState.EJECTED;
        } else if (medium != null) {
            state.load = LoadState.HELD;
        }
        command.good(0);
    }

    /** PREVENT 2 and 3 are of attached changers and obsolete. */
    void preventAllow(ScsiCommand command) {
        int prevent = command.cdb8(4) & 3;
        if (prevent > 1) {
            command.invalidField(4, 1);
            return;
        }
        try {
            prevention.set(command.nexus(), prevent == 1);
        } catch (IOException failed) {
            LOG.error("drive {}: PREVENT ALLOW MEDIUM REMOVAL is not recorded: {}", context.name(), failed.toString());
            command.internalFailure();
            return;
        }
        command.good(0);
    }
}
