// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ItNexus;
import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.handler.testkit.FakeCommand;
import io.sluice.handler.testkit.RecordingContext;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.Partition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** A drive with a store in memory, two initiators, and nothing between them. */
final class DriveRig {
    static final String BARCODE = "VTL001L8";
    static final int ROOM = 256 << 10;
    static final long CAPACITY = 1L << 30;
    private static final DriveSettings SETTINGS = DriveSettings.of(DriveModel.LTO_8, "SLC0000001");

    final MemoryStore store;
    final List<String> attentions;
    private final RecordingContext context;
    private final CrashPoint crashPoint;
    private final List<ItNexus> nexuses = List.of(
            new ItNexus(1, "iqn.2026-11.test:a,i,0x1", "iqn.2026-11.test:tape,t,0x0001"),
            new ItNexus(2, "iqn.2026-11.test:b,i,0x1", "iqn.2026-11.test:tape,t,0x0001"));
    private final FakeCommand command = new FakeCommand(nexuses.getFirst(), ROOM);
    private ItNexus nexus = nexuses.getFirst();
    private TapeDrive drive;
    private long sequence;

    private DriveRig(Path home, MemoryStore store, CrashPoint crashPoint) throws IOException {
        context = new RecordingContext("tape", home);
        attentions = context.attentions();
        this.store = store;
        this.crashPoint = crashPoint;
        this.drive = open();
    }

    /** Powered on, and a cartridge loaded. */
    static DriveRig loaded(Path home) throws IOException {
        return loaded(home, CAPACITY, CrashPoint.NONE);
    }

    static DriveRig loaded(Path home, long capacity, CrashPoint crashPoint) throws IOException {
        DriveRig rig = empty(home, capacity, crashPoint);
        rig.drive.insert(BARCODE);
        rig.attentions.clear();
        return rig;
    }

    static DriveRig empty(Path home, long capacity, CrashPoint crashPoint) throws IOException {
        Files.createDirectories(home);
        MemoryStore store = new MemoryStore(crashPoint).with(BARCODE, MediumType.LTO_8, capacity);
        DriveRig rig = new DriveRig(home, store, crashPoint);
        rig.drive.poweredOn();
        return rig;
    }

    /** A drive over a medium of the test's own. */
    static DriveRig over(Path home, Partition medium) throws IOException {
        MemoryStore store = new MemoryStore(CrashPoint.NONE)
                .with(BARCODE, MediumType.LTO_8, CAPACITY)
                .serving(medium);
        DriveRig rig = new DriveRig(home, store, CrashPoint.NONE);
        rig.drive.poweredOn();
        rig.drive.insert(BARCODE);
        return rig;
    }

    private TapeDrive open() throws IOException {
        TapeDrive opened = TapeDrive.open(context, SETTINGS, store, crashPoint, () -> 1_000_000);
        nexuses.forEach(opened::nexusAdded);
        return opened;
    }

    /** The process is gone without a word, and another one opens the drive. */
    TapeDrive successor() throws IOException {
        drive = open();
        return drive;
    }

    TapeDrive drive() {
        return drive;
    }

    MemoryPartition medium() {
        return store.medium(BARCODE);
    }

    /** From now on commands come from this nexus, 0 or 1. */
    void as(int index) {
        nexus = nexuses.get(index);
    }

    void removeNexus(int index) {
        drive.nexusRemoved(nexuses.get(index));
    }

    long sequence() {
        return sequence;
    }

    DeviceAnswer none(String cdb) {
        return in(0, cdb);
    }

    DeviceAnswer in(int expected, String cdb) {
        return run(command.in(nexus, parse(cdb), expected).numbered(++sequence, false));
    }

    DeviceAnswer out(byte[] data, String cdb) {
        return run(command.out(nexus, parse(cdb), data).numbered(++sequence, false));
    }

    /** The command of that number once more, as a gateway hands it over after a process died. */
    DeviceAnswer again(long number, byte[] dataOut, int expected, String cdb) {
        FakeCommand again =
                dataOut.length > 0 ? command.out(nexus, parse(cdb), dataOut) : command.in(nexus, parse(cdb), expected);
        return run(again.numbered(number, true));
    }

    /** A command that the test executes itself, again and again. */
    FakeCommand prepared(byte[] dataOut, int expected, String cdb) {
        FakeCommand made = new FakeCommand(nexus, ROOM);
        return dataOut.length > 0 ? made.out(nexus, parse(cdb), dataOut) : made.in(nexus, parse(cdb), expected);
    }

    /** As the runtime does: on the queue loop if the drive likes, else on a worker. */
    private DeviceAnswer run(FakeCommand started) {
        if (!drive.tryExecute(started)) {
            drive.execute(started);
        }
        return started.answer();
    }

    /** LOGICAL OBJECT NUMBER as READ POSITION (long form) has it. */
    long position() {
        byte[] data = in(32, "34 06 00 00 00 00 00 00 00 00").good().data();
        long object = 0;
        for (int i = 8; i < 16; i++) {
            object = object << 8 | (data[i] & 0xFF);
        }
        return object;
    }

    static byte[] parse(String cdb) {
        return HexFormat.of().parseHex(cdb.replace(" ", ""));
    }
}
