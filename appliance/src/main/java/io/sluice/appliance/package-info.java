// SPDX-License-Identifier: Apache-2.0
/** Entry point. */
@NullMarked
package io.sluice.appliance;

import org.jspecify.annotations.NullMarked;
