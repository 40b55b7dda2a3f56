// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/**
 * The Control mode page's current values (SPC-5 7.5.10) as far as the gateway acts on them; fields have the page's own values.
 *
 * @param descriptorSense D_SENSE: sense data in descriptor format
 * @param taskAbortedStatus TAS: commands that another nexus aborts end TASK ABORTED
 * @param taskManagementOnly TMF_ONLY: with an ACA condition in effect, no ACA command is let in
 * @param taskSetType TST: {@value #TASK_SET_FOR_ALL} or {@value #TASK_SET_FOR_EACH}
 * @param queueError QERR: {@value #QUEUE_ERROR_NONE}, {@value #QUEUE_ERROR_ALL} or {@value #QUEUE_ERROR_OWN}
 * @param unitAttentionInterlock UA_INTLCK_CTRL: {@value #UNIT_ATTENTION_CLEARED}, {@value #UNIT_ATTENTION_KEPT} or {@value
 *     #UNIT_ATTENTION_ESTABLISHED}
 */
public record ControlMode(
        boolean descriptorSense,
        boolean taskAbortedStatus,
        boolean taskManagementOnly,
        int taskSetType,
        int queueError,
        int unitAttentionInterlock) {
    /** One task set for all I_T nexuses. */
    public static final int TASK_SET_FOR_ALL = 0;
    /** Each I_T nexus has a task set of its own, with the profile's limit each. */
    public static final int TASK_SET_FOR_EACH = 1;
    /** CHECK CONDITION leaves other commands alone. */
    public static final int QUEUE_ERROR_NONE = 0;
    /** CHECK CONDITION aborts all commands of its task set. */
    public static final int QUEUE_ERROR_ALL = 1;
    /** CHECK CONDITION aborts the commands of its I_T nexus. */
    public static final int QUEUE_ERROR_OWN = 3;
    /** A Unit Attention is cleared when it is reported. */
    public static final int UNIT_ATTENTION_CLEARED = 0;
    /** Only REQUEST SENSE clears it. */
    public static final int UNIT_ATTENTION_KEPT = 2;
    /** As kept; and BUSY, TASK SET FULL, RESERVATION CONFLICT establish one (2C/07 to 2C/09). */
    public static final int UNIT_ATTENTION_ESTABLISHED = 3;

    /** All zero: what a device without a Control mode page has. */
    public static final ControlMode DEFAULT = new ControlMode(false, false, false, 0, 0, 0);

    public ControlMode {
        if (taskSetType < 0 || taskSetType > TASK_SET_FOR_EACH) {
            throw new IllegalArgumentException("taskSetType " + taskSetType + ": choose 0 or 1 (TST, SPC-5 7.5.10)");
        }
        if (queueError < 0 || queueError > 3 || queueError == 2) {
            throw new IllegalArgumentException("queueError " + queueError + ": choose 0, 1 or 3 (QERR, SPC-5 7.5.10)");
        }
        if (unitAttentionInterlock < 0 || unitAttentionInterlock > 3 || unitAttentionInterlock == 1) {
            throw new IllegalArgumentException("unitAttentionInterlock " + unitAttentionInterlock
                    + ": choose 0, 2 or 3 (UA_INTLCK_CTRL, SPC-5 7.5.10)");
        }
    }

    /** DEFAULT but for D_SENSE and TAS. */
    public static ControlMode of(boolean descriptorSense, boolean taskAbortedStatus) {
        return new ControlMode(descriptorSense, taskAbortedStatus, false, 0, 0, 0);
    }
}
