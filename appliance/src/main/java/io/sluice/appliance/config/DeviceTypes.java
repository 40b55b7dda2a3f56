// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.DeviceProvider;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What is known of device types.
 *
 * @param providers by type
 * @param groups providers of device groups, by the word of their table
 * @param areMissing a plugin is broken: a device of an unknown type may be one of its devices, and is taken as it is
 * @param checked the handler processes whose devices are checked for their types and own keys; others' are taken as they are
 */
record DeviceTypes(
        Map<String, DeviceProvider> providers,
        Map<String, DeviceGroupProvider> groups,
        boolean areMissing,
        Predicate<String> checked) {
    DeviceTypes {
        providers = Map.copyOf(providers);
        groups = Map.copyOf(groups);
    }
}
