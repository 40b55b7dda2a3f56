// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.DeviceProfile;

/**
 * What the gateway is told of a device.
 *
 * @param queue the queue it is bound to, or {@code Abi.QUEUE_ANY}
 * @param controlMode the Control mode page's values now: {@code Abi.CONTROL_MODE_*}
 */
public record DeviceBinding(String name, DeviceProfile profile, int queue, int controlMode) {}
