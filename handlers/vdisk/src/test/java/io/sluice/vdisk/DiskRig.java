// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.ItNexus;
import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.handler.testkit.FakeCommand;
import io.sluice.handler.testkit.RecordingContext;
import io.sluice.vdisk.store.BlockStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A disk, two initiators, and nothing between them. */
final class DiskRig implements AutoCloseable {
    static final int ROOM = 16 << 20;
    private final List<String> attentions;
    private final List<String> logged;
    private final Vdisk device;
    private final List<ItNexus> nexuses = List.of(
            new ItNexus(1, "iqn.2026-11.test:a,i,0x1", "iqn.2026-11.test:disk,t,0x0001"),
            new ItNexus(2, "iqn.2026-11.test:b,i,0x1", "iqn.2026-11.test:disk,t,0x0001"));
    private final FakeCommand command = new FakeCommand(nexuses.getFirst(), ROOM);
    private ItNexus nexus = nexuses.getFirst();

    private DiskRig(Vdisk device, List<String> attentions, List<String> logged) {
        this.device = device;
        this.logged = logged;
        this.attentions = attentions;
        nexuses.forEach(device::nexusAdded);
        attentions.clear();
    }

    /** Opens as the runtime does, unknown keys included. */
    static DiskRig open(Path home, Object... keysAndValues) throws DeviceConfigException, IOException {
        RecordingContext context = new RecordingContext("disk", home);
        DeviceConfig config = DeviceConfig.of("disk", map(keysAndValues));
        VdiskProvider provider = new VdiskProvider();
        Vdisk disk = (Vdisk) provider.open(context, config);
        config.rejectUnknown();
        return new DiskRig(disk, context.attentions(), List.of());
    }

    /** A disk over a store of the test's own. */
    static DiskRig over(Path home, BlockStore store, Object... keysAndValues)
            throws DeviceConfigException, IOException {
        Map<String, Object> values = map(keysAndValues);
        values.put("path", "/nowhere");
        RecordingContext context = new RecordingContext("disk", home);
        DiskConfig config = DiskConfig.parse(DeviceConfig.of("disk", values));
        List<String> lines = new ArrayList<>();
        Vdisk disk = Vdisk.open(context, config, store, new ResizeRecord(home, store.size()), lines::add);
        return new DiskRig(disk, context.attentions(), lines);
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    /** What a disk over a store of the test's own wrote to the log. */
    List<String> logged() {
        return logged;
    }

    Vdisk device() {
        return device;
    }

    /** From now on commands come from this nexus, 0 or 1. */
    void as(int index) {
        nexus = nexuses.get(index);
    }

    void removeNexus(int index) {
        device.nexusRemoved(nexuses.get(index));
    }

    void resetNexus(int index) {
        device.nexusReset(nexuses.get(index));
    }

    DeviceAnswer none(byte[] cdb) {
        return in(0, cdb);
    }

    DeviceAnswer in(int expected, byte[] cdb) {
        device.execute(command.in(nexus, cdb, expected));
        return command.answer();
    }

    DeviceAnswer out(byte[] data, byte[] cdb) {
        device.execute(command.out(nexus, cdb, data));
        return command.answer();
    }

    /** A command with room for Data-In, to be executed by the test itself, again and again. */
    FakeCommand prepared(int expected, byte[] cdb) {
        return new FakeCommand(nexus, ROOM).in(nexus, cdb, expected);
    }

    FakeCommand prepared(byte[] data, byte[] cdb) {
        return new FakeCommand(nexus, ROOM).out(nexus, cdb, data);
    }

    /** One that has ended, as another one. */
    FakeCommand prepared(FakeCommand ended, byte[] data, byte[] cdb) {
        return ended.out(nexus, cdb, data);
    }

    /** Whether the disk would execute it on a queue loop. */
    boolean tryExecutes(int expected, byte[] cdb) {
        return tryExecutes(command.in(nexus, cdb, expected));
    }

    boolean tryExecutes(byte[] data, byte[] cdb) {
        return tryExecutes(command.out(nexus, cdb, data));
    }

    private boolean tryExecutes(FakeCommand command) {
        boolean executed = device.tryExecute(command);
        if (executed != command.hasEnded()) {
            throw new AssertionError(
                    "tryExecute returned " + executed + " and the command ended: " + command.hasEnded());
        }
        return executed;
    }

    /** Unit attentions raised so far: {@code "all: ..."}, {@code "others: ..."} or {@code "one: ..."}. */
    List<String> attentions() {
        return attentions;
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
