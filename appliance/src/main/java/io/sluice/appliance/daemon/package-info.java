// SPDX-License-Identifier: Apache-2.0
/** The long-running side: opens devices, configures the gateway, serves metrics and the operator's requests. */
@NullMarked
package io.sluice.appliance.daemon;

import org.jspecify.annotations.NullMarked;
