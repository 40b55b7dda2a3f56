// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.util.Map;

/**
 * One device of a group.
 *
 * @param name as of {@code [[device]]}: 1 to 63 letters, digits, dots, hyphens, underscores; begin it with the group's name
 * @param lun its LUN in the group's target
 * @param type of its {@link DeviceProvider}
 * @param keys what that provider reads: {@link String}, {@link Boolean}, {@link Long} or {@link Integer}
 */
public record GroupMember(String name, int lun, String type, Map<String, Object> keys) {
    public GroupMember {
        keys = Map.copyOf(keys);
    }
}
