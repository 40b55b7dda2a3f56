// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.io.IOException;

/** A kind of device. Found by {@link java.util.ServiceLoader}: {@code provides DeviceProvider with ...} in the plugin. */
public interface DeviceProvider {
    /** The word that a configuration uses as {@code type}: lower-case letters, digits, hyphens. */
    String type();

    /**
     * Checks what {@link #open} would check of the configuration alone, by asking for every key that there is. Opens, makes and
     * locks nothing: {@code sluice config check} calls this beside a running daemon.
     *
     * @throws DeviceConfigException the first error found
     */
    void check(DeviceConfig config) throws DeviceConfigException;

    /**
     * Opens one device of the configuration. Everything that can be wrong with it is found here, before an initiator
     * sees it. A key that is never asked for is an unknown key, and the runtime refuses it.
     *
     * @throws DeviceConfigException if the configuration is wrong; make it with {@link DeviceConfig#invalid}
     * @throws IOException if the configuration is right and the world is not; the message names path and remedy
     */
    Device open(DeviceContext context, DeviceConfig config) throws DeviceConfigException, IOException;
}
