// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

/** How a device wants its commands to be run. */
public enum Execution {
    /**
     * On the queue loop itself, the fastest. For devices whose commands never wait for anything: other devices of the
     * same queue stand still meanwhile. Commands of several queues may run at once.
     */
    INLINE,
    /**
     * One at a time and in order, on worker threads shared with other devices; every callback but {@link
     * Device#taskManagement} keeps that order, too, and so does what {@link Device#tryExecute} does on the queue loop. The device
     * needs no locks. For tapes and changers.
     */
    SERIAL,
    /** Many at a time on worker threads. The device guards its own state. For disks. */
    PARALLEL
}
