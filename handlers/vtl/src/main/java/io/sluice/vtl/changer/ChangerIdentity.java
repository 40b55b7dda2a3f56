// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

/**
 * Who the changer says it is.
 *
 * @param vendor up to 8 characters
 * @param product up to 16 characters
 * @param revision up to 4 characters
 */
public record ChangerIdentity(String vendor, String product, String revision) {
    /** What backup programs know best. */
    public static final ChangerIdentity IBM_3584 = new ChangerIdentity("IBM", "03584L32", "1540");
}
