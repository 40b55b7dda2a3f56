// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ItNexus;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.TaskManagement;
import io.sluice.scsi.PeripheralDeviceType;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A device that writes down what it is told. */
final class Witness implements Device {
    private final Execution execution;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    Witness(Execution execution) {
        this.execution = execution;
    }

    List<String> heard() {
        return heard;
    }

    @Override
    public DeviceProfile profile() {
        return DeviceProfile.of(PeripheralDeviceType.SEQUENTIAL_ACCESS, execution)
                .build();
    }

    @Override
    public void execute(ScsiCommand command) {
        heard.add("command of " + command.nexus().initiatorName());
        command.good();
    }

    @Override
    public void nexusAdded(ItNexus nexus) {
        heard.add("added " + nexus.initiatorName());
    }

    @Override
    public void nexusRemoved(ItNexus nexus) {
        heard.add("removed " + nexus.initiatorName());
    }

    @Override
    public void taskManagement(TaskManagement event) {
        heard.add(event.function().name());
    }

    @Override
    public void logicalUnitReset() {
        heard.add("reset");
    }
}
