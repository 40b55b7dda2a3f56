// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/** A device's configuration is wrong. The message names place, key, value and remedy, and is meant for the operator. */
public class DeviceConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final int line;

    /**
     * @param line line of the configuration file, counted from 1; 0 if there is none
     * @param key the key in error
     * @param message names value and remedy
     */
    public DeviceConfigException(int line, String key, String message) {
        super(message);
        this.line = line;
        this.key = key;
    }

    public String key() {
        return key;
    }

    /** Counted from 1; 0 if unknown. */
    public int line() {
        return line;
    }
}
