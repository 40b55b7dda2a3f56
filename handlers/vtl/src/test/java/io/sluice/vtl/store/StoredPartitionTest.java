// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.MediumType;
import io.sluice.vtl.medium.PartitionContract;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;

/** The contract on segments so small that everything about them happens often. */
final class StoredPartitionTest extends PartitionContract {
    private static final StoreShape SMALL = new StoreShape(64 << 10, 600, 24 << 10, 48 << 10, 100, 8 << 10, 1 << 20);

    private final SimulatedStorage storage = new SimulatedStorage();
    private final StoredCartridges store = new StoredCartridges(storage, SMALL);

    @Override
    protected Cartridge mount(UUID mount) throws IOException {
        if (storage.files.isEmpty()) {
            store.create(new CartridgeLabel(SimulatedStorage.NAME, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH));
        }
        storage.ops.clear();
        return store.mount(SimulatedStorage.NAME, mount);
    }

    @Override
    protected boolean kill(Cartridge mounted) {
        storage.kill();
        return true;
    }
}
