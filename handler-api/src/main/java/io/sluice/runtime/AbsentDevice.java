// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.PeripheralDeviceType;
import io.sluice.scsi.SenseKey;

/** Answers commands of a device that was removed while they were on their way. */
final class AbsentDevice implements Device {
    private static final DeviceProfile PROFILE = DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.INLINE)
            .build();

    static ServedDevice served(WorkerPool workers, int queues) {
        return new ServedDevice("(absent)", new AbsentDevice(), PROFILE, workers, queues, 1, null);
    }

    @Override
    public DeviceProfile profile() {
        return PROFILE;
    }

    @Override
    public void execute(ScsiCommand command) {
        command.check(SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_CAUSE_NOT_REPORTABLE);
    }
}
