// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.handler.testing.TestNexus;
import io.sluice.scsi.DataDirection;
import io.sluice.vtl.changer.ElementStatusDecoder.Report;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.LabelledStore;
import io.sluice.vtl.library.LibraryBench;
import io.sluice.vtl.library.RecordedStorage;
import java.nio.file.Path;
import java.util.HexFormat;

/** A changer at a gateway, over a library in memory. */
final class ChangerBench implements AutoCloseable {
    static final int ROOM = 1 << 20;

    private final Path home;
    private final Geometry geometry;
    private final LabelledStore store;
    private final RecordedStorage storage;
    private LibraryBench bench;
    private GatewayDouble gateway;

    ChangerBench(Path home, Geometry geometry, LabelledStore store, RecordedStorage storage) throws Exception {
        this.home = home;
        this.geometry = geometry;
        this.store = store;
        this.storage = storage;
        bench = LibraryBench.open(geometry, store, storage);
        gateway = open(GatewayDouble.options());
    }

    private GatewayDouble open(GatewayDouble.Options options) throws Exception {
        return GatewayDouble.open(
                options,
                "changer",
                home,
                context -> Changer.open(context, bench.library(), ChangerIdentity.IBM_3584, () -> {}));
    }

    /** The process is gone, and another one opens the library and takes the changer over. */
    void takeOver(long afterSequence) throws Exception {
        gateway.close();
        bench = LibraryBench.open(geometry, store, storage);
        gateway = open(GatewayDouble.options().takesOver(afterSequence));
    }

    GatewayDouble gateway() {
        return gateway;
    }

    LibraryBench bench() {
        return bench;
    }

    LabelledStore store() {
        return store;
    }

    CommandResult move(int from, int to) {
        return gateway.execute("A5 00 0000 %04X %04X 00 00 00 00".formatted(from, to));
    }

    CommandResult exchange(int source, int first, int second) {
        return gateway.execute("A6 00 0001 %04X %04X %04X 00 00".formatted(source, first, second));
    }

    /** With volume tags and device identifiers. */
    Report status(int type, int from, int count) {
        CommandResult result = gateway.execute("B8 1%X %04X %04X 03 FFFFFF 00 00".formatted(type, from, count), ROOM);
        return ElementStatusDecoder.decode(result.dataIn());
    }

    CommandResult redeliver(long sequence, String cdb) {
        byte[] bytes = HexFormat.of().parseHex(cdb.replace(" ", ""));
        return TestNexus.await(gateway.nexus().redeliver(sequence, bytes, DataDirection.NONE, new byte[0], 0));
    }

    @Override
    public void close() {
        gateway.close();
    }
}
