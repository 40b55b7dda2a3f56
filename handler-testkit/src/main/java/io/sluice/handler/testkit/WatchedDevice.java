// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.ItNexus;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.TaskManagement;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** A device and what escapes from it. Exceptions go on to the runtime, which answers them as it does in production. */
final class WatchedDevice implements Device {
    private final Device device;
    private final List<String> escaped; // guarded by itself

    WatchedDevice(Device device, List<String> escaped) {
        this.device = device;
        this.escaped = escaped;
    }

    static List<String> none() {
        return new ArrayList<>();
    }

    private void note(String from, Throwable thrown) {
        StringWriter stack = new StringWriter();
        thrown.printStackTrace(new PrintWriter(stack, true));
        synchronized (escaped) {
            escaped.add(from + " threw " + stack);
        }
    }

    private void guarded(String what, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error thrown) {
            note(what, thrown);
            throw thrown;
        }
    }

    @Override
    public DeviceProfile profile() {
        return device.profile();
    }

    @Override
    public void execute(ScsiCommand command) {
        String what = "execute of command " + Integer.toHexString(command.opcode()) + "h";
        guarded(what, () -> device.execute(command));
    }

    @Override
    public boolean tryExecute(ScsiCommand command) {
        try {
            return device.tryExecute(command);
        } catch (RuntimeException | Error thrown) {
            note("tryExecute", thrown);
            throw thrown;
        }
    }

    @Override
    public void nexusAdded(ItNexus nexus) {
        guarded("nexusAdded", () -> device.nexusAdded(nexus));
    }

    @Override
    public void nexusRemoved(ItNexus nexus) {
        guarded("nexusRemoved", () -> device.nexusRemoved(nexus));
    }

    @Override
    public void nexusReset(ItNexus nexus) {
        guarded("nexusReset", () -> device.nexusReset(nexus));
    }

    @Override
    public void taskManagement(TaskManagement event) {
        guarded("taskManagement", () -> device.taskManagement(event));
    }

    @Override
    public void logicalUnitReset() {
        guarded("logicalUnitReset", device::logicalUnitReset);
    }

    @Override
    public void poweredOn() {
        guarded("poweredOn", device::poweredOn);
    }

    @Override
    public void takenOver() {
        guarded("takenOver", device::takenOver);
    }

    @Override
    public void writeBack() {
        guarded("writeBack", device::writeBack);
    }

    @Override
    public void close() throws IOException {
        try {
            device.close();
        } catch (IOException | RuntimeException | Error thrown) {
            note("close", thrown);
            throw thrown;
        }
    }
}
