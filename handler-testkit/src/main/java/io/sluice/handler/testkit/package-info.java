// SPDX-License-Identifier: Apache-2.0
/**
 * What every SCSI device must do, as tests. A handler's author runs them on a device with one class:
 *
 * <pre>{@code
 * class MyDiskContractTest extends DeviceContract {
 *     @Override
 *     protected DeviceUnderTest device() {
 *         return DeviceUnderTest.of(new MyDiskProvider(), Map.of("size", "4MiB"));
 *     }
 * }
 * }</pre>
 */
@NullMarked
package io.sluice.handler.testkit;

import org.jspecify.annotations.NullMarked;
