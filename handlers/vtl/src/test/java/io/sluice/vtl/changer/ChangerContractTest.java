// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.testkit.DeviceContract;
import io.sluice.handler.testkit.DeviceUnderTest;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.LabelledStore;
import io.sluice.vtl.library.LibraryBench;
import io.sluice.vtl.library.RecordedStorage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The contract of a device, on a changer; opened again in the same home it finds its library as it was. */
final class ChangerContractTest extends DeviceContract {
    private final Map<Path, RecordedStorage> storages = new HashMap<>();

    @Override
    protected DeviceUnderTest device() {
        return DeviceUnderTest.of(context -> {
            RecordedStorage storage = storages.computeIfAbsent(context.home(), home -> new RecordedStorage());
            LabelledStore store = new LabelledStore("VTL001L8", "VTL002L8", "VTL003L8", "VTL004L8");
            LibraryBench bench = LibraryBench.open(Geometry.of(2, 2, 6), store, storage);
            return Changer.open(context, bench.library(), ChangerIdentity.IBM_3584, () -> {});
        });
    }
}
