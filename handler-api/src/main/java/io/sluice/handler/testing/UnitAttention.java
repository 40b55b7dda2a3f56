// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testing;

import io.sluice.scsi.AdditionalSense;

/**
 * A unit attention that the device raised.
 *
 * @param scope for whom
 * @param nexus the nexus of {@link Scope#EXCEPT} and {@link Scope#ONLY}; 0 for {@link Scope#ALL}
 */
public record UnitAttention(Scope scope, int nexus, AdditionalSense sense) {
    /** For whom. */
    public enum Scope {
        ALL,
        EXCEPT,
        ONLY
    }
}
