// SPDX-License-Identifier: Apache-2.0
/** The configuration: read from TOML, checked whole, every error with its line and remedy. */
@NullMarked
package io.sluice.appliance.config;

import org.jspecify.annotations.NullMarked;
