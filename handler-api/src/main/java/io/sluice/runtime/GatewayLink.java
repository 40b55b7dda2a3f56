// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.ring.AddedDevice;
import io.sluice.ring.RestoredReservations;
import io.sluice.ring.Transport;
import java.io.IOException;

/** One open handler session at a gateway: its shared memory, and the calls that go beside the rings. */
public interface GatewayLink extends AutoCloseable {
    /** Makes links: one for the first session, and a new one after each loss. */
    @FunctionalInterface
    interface Connector {
        /**
         * Opens a session.
         *
         * @param lost called once, from any thread, when the gateway closed the connection
         * @throws IOException if it cannot be opened; the message names the remedy
         */
        GatewayLink connect(LossListener lost) throws IOException;
    }

    /** Hears of the end of a session. */
    @FunctionalInterface
    interface LossListener {
        void lost(String why);
    }

    /** Closed by the session, once no device holds a command. */
    Transport transport();

    /**
     * Binds a device to this session.
     *
     * @return its identifier, and what it comes back to
     */
    AddedDevice addDevice(DeviceBinding binding) throws IOException;

    /**
     * Gives back what was stored last of a device's reservations, before the device is added.
     *
     * @return what became of it; a gateway without persistent reservations holds on to its own state
     */
    default RestoredReservations restoreReservations(String device, byte[] record) throws IOException {
        return new RestoredReservations(RestoredReservations.Outcome.HELD, 0, "");
    }

    /** Unbinds a device. {@link #isBusy} tells a failure that passes when its commands have ended. */
    void removeDevice(int device) throws IOException;

    /** No command is handed over any more: they wait for the process that takes over. */
    void quiesce() throws IOException;

    /** Whether to ask again. */
    default boolean isBusy(IOException failure) {
        return false;
    }

    /** Closes the connection, which ends the session; the shared memory stays mapped. */
    @Override
    void close();
}
