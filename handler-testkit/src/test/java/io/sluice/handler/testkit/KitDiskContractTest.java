// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.example.KitDisk;

final class KitDiskContractTest extends DeviceContract {
    @Override
    protected DeviceUnderTest device() {
        return DeviceUnderTest.of(context -> new KitDisk(context, 2048));
    }
}
