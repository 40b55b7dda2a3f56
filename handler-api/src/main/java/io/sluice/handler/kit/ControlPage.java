// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ControlMode;

/**
 * The Control mode page (SPC-5 7.5.10), for any device: the gateway does what its fields say, so a device adds the page and is
 * done. QUEUE ALGORITHM MODIFIER is carried and no more: the gateway never reorders, and how far the device may is its own
 * matter.
 */
public final class ControlPage {
    /** Page and subpage code as {@link ModePages} keys them. */
    static final int KEY = 0x0A00;

    /** QUEUE ALGORITHM MODIFIER 1: SIMPLE commands may be reordered. */
    private static final String DEFAULTS = "0A 0A 00 10 00 00 00 00 00 00 00 00";

    private static final int UA_INTLCK_CTRL = 0x30;

    private ControlPage() {}

    /** The page, saved, with every field changeable that the gateway acts on. */
    public static ModePage.Builder builder() {
        return builder(0);
    }

    /**
     * The same.
     *
     * @param ofByte4 bits of byte 4 that the device itself acts on: SWP (08h) of a disk
     */
    public static ModePage.Builder builder(int ofByte4) {
        // TST (its values 0 and 1), TMF_ONLY, D_SENSE; QUEUE ALGORITHM MODIFIER (0 and 1), QERR; UA_INTLCK_CTRL; TAS.
        return ModePage.of(DEFAULTS)
                .changeable("0A 0A 34 16 %02X 40 00 00 00 00 00 00".formatted(UA_INTLCK_CTRL | ofByte4))
                .validate(ControlPage::check)
                .saved();
    }

    /** The reserved values of the two fields that have one among those that the mask lets through. */
    private static int check(byte[] page) {
        if (queueError(page[3]) == 2) {
            return 3;
        }
        return unitAttentionInterlock(page[4]) == 1 ? 4 : BlockDescriptor.ACCEPTED;
    }

    private static int queueError(int byte3) {
        return (byte3 >> 1) & 3;
    }

    private static int unitAttentionInterlock(int byte4) {
        return (byte4 >> 4) & 3;
    }

    /** What a page's current values mean; also one that a device made itself, whose fields may have reserved values. */
    static ControlMode modeOf(ModePage page) {
        int queueError = queueError(page.current(3));
        int interlock = unitAttentionInterlock(page.current(4));
        return new ControlMode(
                (page.current(2) & 0x04) != 0,
                (page.current(5) & 0x40) != 0,
                (page.current(2) & 0x10) != 0,
                page.current(2) >> 5 == 1 ? 1 : 0,
                queueError == 2 ? 0 : queueError,
                interlock == 1 ? 0 : interlock);
    }
}
