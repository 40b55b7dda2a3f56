// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

/**
 * The gateway's answer to DEVICE_ADD.
 *
 * @param id the device's identifier
 * @param takenOver within the grace: initiators were told nothing, and what was kept for the device is handed over
 * @param sequence the last sequence number that the device was given before; 0: none
 */
public record AddedDevice(int id, boolean takenOver, long sequence) {}
