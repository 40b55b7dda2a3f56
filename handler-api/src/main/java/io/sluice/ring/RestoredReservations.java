// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

/**
 * What became of a record of reservations that was given back.
 *
 * @param registrations how many there are again
 * @param why what is wrong with a record that is lost
 */
public record RestoredReservations(Outcome outcome, int registrations, String why) {
    /** {@code enum sluice_reservation_outcome}, but for what only chunks hear. */
    public enum Outcome {
        /** It holds from now on. */
        RESTORED,
        /** The gateway has served the device before: its own state holds. */
        HELD,
        /** The record is damaged. */
        LOST;

        static Outcome of(int code) {
            return switch (code) {
                case Abi.RESERVATION_RESTORED -> RESTORED;
                case Abi.RESERVATION_LOST -> LOST;
                default -> HELD;
            };
        }
    }
}
