// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/**
 * An I_T nexus (SAM-6 4.6.3): one initiator port talking to one target port. The same object as long as the nexus
 * lives, so {@code ==} is enough.
 *
 * @param id unique among the living nexuses of this gateway
 * @param initiatorPort full port name, such as {@code iqn.2005-03.org.open-iscsi:a1b2,i,0x00023d000001}
 * @param targetPort full port name, such as {@code iqn.2026-11.io.sluice:disk,t,0x0001}
 */
public record ItNexus(int id, String initiatorPort, String targetPort) {
    /** The initiator's name without its port's identifier. */
    public String initiatorName() {
        int comma = initiatorPort.indexOf(",i,");
        return comma < 0 ? initiatorPort : initiatorPort.substring(0, comma);
    }
}
