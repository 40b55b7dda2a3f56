// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

/**
 * Slots of the admin ring: {@code struct sluice_event} from the gateway and {@code struct sluice_request} to it.
 *
 * <pre>
 *  event                                   request
 *    0 type      4 device   8 nexus          0 type    4 device   8 nexus
 *   12 function 16 queue   20 tag           12 scope  13 asc     14 ascq   15 -
 *   24 generation                          16 control_mode      20 -
 *   28 relative_port 30 port_group
 *   32 initiator_port[240]                  64
 *  272 target_port[240]
 *  512
 * </pre>
 */
final class AdminDescriptor {
    static final int EVENT_TYPE = 0;
    static final int EVENT_DEVICE = 4;
    static final int EVENT_NEXUS = 8;
    static final int EVENT_FUNCTION = 12;
    static final int EVENT_QUEUE = 16;
    static final int EVENT_TAG = 20;
    static final int EVENT_GENERATION = 24;
    static final int EVENT_RELATIVE_PORT = 28;
    static final int EVENT_PORT_GROUP = 30;
    static final int EVENT_INITIATOR_PORT = 32;
    static final int EVENT_TARGET_PORT = 272;
    static final int EVENT_SIZE = 512;

    static final int REQUEST_TYPE = 0;
    static final int REQUEST_DEVICE = 4;
    static final int REQUEST_NEXUS = 8;
    static final int REQUEST_SCOPE = 12;
    static final int REQUEST_ASC = 13;
    static final int REQUEST_ASCQ = 14;
    static final int REQUEST_CONTROL_MODE = 16;
    static final int REQUEST_SIZE = 64;

    private AdminDescriptor() {}
}
