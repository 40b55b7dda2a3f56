// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import org.jspecify.annotations.Nullable;

/**
 * A task management function reached commands that this device holds. The device may hasten them or ignore this; it
 * ends every command as always, and the gateway drops the answers that nobody wants any more.
 *
 * @param function what was asked for
 * @param nexus who asked; null if the nexus is already gone
 * @param sequence {@link ScsiCommand#sequence()} of the command that ABORT TASK names; 0 for every other function, or
 *     if that command has ended meanwhile
 */
public record TaskManagement(
        TaskManagementFunction function, @Nullable ItNexus nexus, long sequence) {}
