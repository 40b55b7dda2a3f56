// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

/** A group of commands that belong together and put themselves into a table: INQUIRY, the mode commands, a feature set. */
@FunctionalInterface
public interface CommandSet {
    void addTo(CommandTable.Builder table);
}
