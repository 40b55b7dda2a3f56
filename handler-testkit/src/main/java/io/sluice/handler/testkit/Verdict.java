// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.testing.CommandResult;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseData;
import io.sluice.scsi.SenseKey;
import java.util.HexFormat;

/** What holds for the answer to any command whatever (SAM-6 5.3, SPC-5 4.4). */
final class Verdict {
    /** So many poisoned bytes in a row are no data: the device reported bytes that it had not written. */
    private static final int POISON_RUN = 8;

    private static final int POISON = 0xA5;

    private Verdict() {}

    /** How a command is named in messages: {@code MODE SENSE(6) [1A 00 3F 00 FF 00], 255 bytes IN}. */
    static String describe(byte[] cdb, DataDirection direction, int expectedLength) {
        return OpCode.name(cdb[0] & 0xFF) + " [" + HexFormat.ofDelimiter(" ").formatHex(cdb) + "], " + expectedLength
                + " bytes " + direction;
    }

    /**
     * Judges an answer.
     *
     * @return it
     * @throws AssertionError if no device may give it
     */
    static CommandResult judge(
            byte[] cdb, DataDirection direction, int expectedLength, boolean descriptorSense, CommandResult result) {
        String problem = problem(cdb, direction, expectedLength, descriptorSense, result);
        if (problem != null) {
            throw new AssertionError(describe(cdb, direction, expectedLength) + " ended " + result + ": " + problem);
        }
        return result;
    }

    private static @org.jspecify.annotations.Nullable String problem(
            byte[] cdb, DataDirection direction, int expectedLength, boolean descriptorSense, CommandResult result) {
        byte[] sense = result.senseBytes();
        if (result.status() != ScsiStatus.CHECK_CONDITION) {
            if (sense.length > 0) {
                return "only CHECK CONDITION comes with sense data";
            }
        } else if (sense.length < 8) {
            return "CHECK CONDITION needs at least 8 bytes of sense data";
        } else {
            String wrong = senseProblem(cdb, direction, expectedLength, descriptorSense, sense, result.sense());
            if (wrong != null) {
                return wrong;
            }
        }
        return direction == DataDirection.IN && hasPoison(result.dataIn())
                ? "it reports bytes that it did not write; what was there belonged to other commands"
                : null;
    }

    private static @org.jspecify.annotations.Nullable String senseProblem(
            byte[] cdb,
            DataDirection direction,
            int expectedLength,
            boolean descriptorSense,
            byte[] bytes,
            SenseData sense) {
        if (bytes.length != 8 + (bytes[7] & 0xFF)) {
            return "ADDITIONAL SENSE LENGTH says " + (8 + (bytes[7] & 0xFF)) + " bytes, there are " + bytes.length;
        }
        if (((bytes[0] & 0x7F) >= 0x72) != descriptorSense) {
            return "its sense data have the format that D_SENSE did not ask for";
        }
        if (sense.key() == SenseKey.HARDWARE_ERROR
                && sense.additional().equals(AdditionalSense.INTERNAL_TARGET_FAILURE)) {
            return "INTERNAL TARGET FAILURE is what becomes of an exception";
        }
        boolean cdbField = sense.additional().equals(AdditionalSense.INVALID_FIELD_IN_CDB);
        boolean listField = sense.additional().equals(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        if (sense.key() != SenseKey.ILLEGAL_REQUEST || !(cdbField || listField)) {
            return null;
        }
        int at = sense.fieldPointerByte();
        if (at < 0) {
            return "an invalid field needs a field pointer (SPC-5 4.4.2.4.2)";
        }
        if (sense.fieldPointerInCdb() != cdbField) {
            return "C/D of the field pointer contradicts the additional sense code";
        }
        if (cdbField && at >= cdb.length) {
            return "the field pointer points to byte " + at + " of a CDB of " + cdb.length;
        }
        if (listField && (direction != DataDirection.OUT || at >= expectedLength)) {
            return "the field pointer points to byte " + at + " of a parameter list that has fewer";
        }
        return null;
    }

    static boolean hasPoison(byte[] data) {
        int run = 0;
        for (byte b : data) {
            run = (b & 0xFF) == POISON ? run + 1 : 0;
            if (run == POISON_RUN) {
                return true;
            }
        }
        return false;
    }
}
