// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ItNexus;
import io.sluice.handler.Recovery;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.TaskManagement;
import io.sluice.handler.example.KitDisk;
import io.sluice.scsi.PeripheralDeviceType;
import java.io.IOException;

/** A sound device with one thing wrong: what a subclass overrides. Its profile says REDELIVER, so that no rule is skipped. */
class SpoiltDevice implements Device {
    final DeviceContext context;
    final KitDisk sound;

    SpoiltDevice(DeviceContext context) throws IOException {
        this.context = context;
        this.sound = new KitDisk(context, 2048);
    }

    @Override
    public DeviceProfile profile() {
        return DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.SERIAL)
                .recovery(Recovery.REDELIVER)
                .controlMode(sound.profile().controlMode())
                .build();
    }

    @Override
    public void execute(ScsiCommand command) {
        sound.execute(command);
    }

    @Override
    public void nexusAdded(ItNexus nexus) {
        sound.nexusAdded(nexus);
    }

    @Override
    public void nexusRemoved(ItNexus nexus) {
        sound.nexusRemoved(nexus);
    }

    @Override
    public void taskManagement(TaskManagement event) {
        sound.taskManagement(event);
    }

    @Override
    public void poweredOn() {
        sound.poweredOn();
    }

    @Override
    public void takenOver() {
        sound.takenOver();
    }

    @Override
    public void logicalUnitReset() {
        sound.logicalUnitReset();
    }
}
