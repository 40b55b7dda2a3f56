// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An additional sense code with its qualifier and T10's text (SPC-5 4.4.9, and T10's list of ASC/ASCQ assignments).
 *
 * @param asc additional sense code, 00h to FFh
 * @param ascq additional sense code qualifier, 00h to FFh
 * @param text T10's description, in T10's capitals
 */
public record AdditionalSense(int asc, int ascq, String text) {
    private static final Map<Integer, AdditionalSense> KNOWN = new ConcurrentHashMap<>();

    public static final AdditionalSense NO_ADDITIONAL_SENSE_INFORMATION =
            known(0x00, 0x00, "NO ADDITIONAL SENSE INFORMATION");
    public static final AdditionalSense FILEMARK_DETECTED = known(0x00, 0x01, "FILEMARK DETECTED");
    public static final AdditionalSense END_OF_PARTITION_MEDIUM_DETECTED =
            known(0x00, 0x02, "END-OF-PARTITION/MEDIUM DETECTED");
    public static final AdditionalSense SETMARK_DETECTED = known(0x00, 0x03, "SETMARK DETECTED");
    public static final AdditionalSense BEGINNING_OF_PARTITION_MEDIUM_DETECTED =
            known(0x00, 0x04, "BEGINNING-OF-PARTITION/MEDIUM DETECTED");
    public static final AdditionalSense END_OF_DATA_DETECTED = known(0x00, 0x05, "END-OF-DATA DETECTED");
    public static final AdditionalSense IO_PROCESS_TERMINATED = known(0x00, 0x06, "I/O PROCESS TERMINATED");
    public static final AdditionalSense PROGRAMMABLE_EARLY_WARNING_DETECTED =
            known(0x00, 0x07, "PROGRAMMABLE EARLY WARNING DETECTED");
    public static final AdditionalSense OPERATION_IN_PROGRESS = known(0x00, 0x16, "OPERATION IN PROGRESS");
    public static final AdditionalSense CLEANING_REQUESTED = known(0x00, 0x17, "CLEANING REQUESTED");
    public static final AdditionalSense PERIPHERAL_DEVICE_WRITE_FAULT =
            known(0x03, 0x00, "PERIPHERAL DEVICE WRITE FAULT");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_CAUSE_NOT_REPORTABLE =
            known(0x04, 0x00, "LOGICAL UNIT NOT READY, CAUSE NOT REPORTABLE");
    public static final AdditionalSense LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY =
            known(0x04, 0x01, "LOGICAL UNIT IS IN PROCESS OF BECOMING READY");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED =
            known(0x04, 0x02, "LOGICAL UNIT NOT READY, INITIALIZING COMMAND REQUIRED");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_MANUAL_INTERVENTION_REQUIRED =
            known(0x04, 0x03, "LOGICAL UNIT NOT READY, MANUAL INTERVENTION REQUIRED");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS =
            known(0x04, 0x04, "LOGICAL UNIT NOT READY, FORMAT IN PROGRESS");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_OPERATION_IN_PROGRESS =
            known(0x04, 0x07, "LOGICAL UNIT NOT READY, OPERATION IN PROGRESS");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_SELF_TEST_IN_PROGRESS =
            known(0x04, 0x09, "LOGICAL UNIT NOT READY, SELF-TEST IN PROGRESS");
    public static final AdditionalSense LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_UNAVAILABLE_STATE =
            known(0x04, 0x0C, "LOGICAL UNIT NOT ACCESSIBLE, TARGET PORT IN UNAVAILABLE STATE");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_AUXILIARY_MEMORY_NOT_ACCESSIBLE =
            known(0x04, 0x10, "LOGICAL UNIT NOT READY, AUXILIARY MEMORY NOT ACCESSIBLE");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_NOTIFY_ENABLE_SPINUP_REQUIRED =
            known(0x04, 0x11, "LOGICAL UNIT NOT READY, NOTIFY (ENABLE SPINUP) REQUIRED");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_OFFLINE =
            known(0x04, 0x12, "LOGICAL UNIT NOT READY, OFFLINE");
    public static final AdditionalSense LOGICAL_UNIT_NOT_READY_LOGICAL_UNIT_RESET_REQUIRED =
            known(0x04, 0x20, "LOGICAL UNIT NOT READY, LOGICAL UNIT RESET REQUIRED");
    public static final AdditionalSense LOGICAL_UNIT_DOES_NOT_RESPOND_TO_SELECTION =
            known(0x05, 0x00, "LOGICAL UNIT DOES NOT RESPOND TO SELECTION");
    public static final AdditionalSense LOGICAL_UNIT_COMMUNICATION_FAILURE =
            known(0x08, 0x00, "LOGICAL UNIT COMMUNICATION FAILURE");
    public static final AdditionalSense TRACK_FOLLOWING_ERROR = known(0x09, 0x00, "TRACK FOLLOWING ERROR");
    public static final AdditionalSense WARNING = known(0x0B, 0x00, "WARNING");
    public static final AdditionalSense WRITE_ERROR = known(0x0C, 0x00, "WRITE ERROR");
    public static final AdditionalSense WRITE_ERROR_AUTO_REALLOCATION_FAILED =
            known(0x0C, 0x02, "WRITE ERROR - AUTO REALLOCATION FAILED");
    public static final AdditionalSense AUXILIARY_MEMORY_WRITE_ERROR =
            known(0x0C, 0x0B, "AUXILIARY MEMORY WRITE ERROR");
    public static final AdditionalSense WRITE_ERROR_UNEXPECTED_UNSOLICITED_DATA =
            known(0x0C, 0x0C, "WRITE ERROR - UNEXPECTED UNSOLICITED DATA");
    public static final AdditionalSense WRITE_ERROR_NOT_ENOUGH_UNSOLICITED_DATA =
            known(0x0C, 0x0D, "WRITE ERROR - NOT ENOUGH UNSOLICITED DATA");
    public static final AdditionalSense INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT =
            known(0x0E, 0x03, "INVALID FIELD IN COMMAND INFORMATION UNIT");
    public static final AdditionalSense LOGICAL_BLOCK_GUARD_CHECK_FAILED =
            known(0x10, 0x01, "LOGICAL BLOCK GUARD CHECK FAILED");
    public static final AdditionalSense UNRECOVERED_READ_ERROR = known(0x11, 0x00, "UNRECOVERED READ ERROR");
    public static final AdditionalSense INCOMPLETE_BLOCK_READ = known(0x11, 0x08, "INCOMPLETE BLOCK READ");
    public static final AdditionalSense AUXILIARY_MEMORY_READ_ERROR = known(0x11, 0x12, "AUXILIARY MEMORY READ ERROR");
    public static final AdditionalSense RECORDED_ENTITY_NOT_FOUND = known(0x14, 0x00, "RECORDED ENTITY NOT FOUND");
    public static final AdditionalSense RECORD_NOT_FOUND = known(0x14, 0x01, "RECORD NOT FOUND");
    public static final AdditionalSense END_OF_DATA_NOT_FOUND = known(0x14, 0x03, "END-OF-DATA NOT FOUND");
    public static final AdditionalSense BLOCK_SEQUENCE_ERROR = known(0x14, 0x04, "BLOCK SEQUENCE ERROR");
    public static final AdditionalSense MECHANICAL_POSITIONING_ERROR =
            known(0x15, 0x01, "MECHANICAL POSITIONING ERROR");
    public static final AdditionalSense PARAMETER_LIST_LENGTH_ERROR = known(0x1A, 0x00, "PARAMETER LIST LENGTH ERROR");
    public static final AdditionalSense SYNCHRONOUS_DATA_TRANSFER_ERROR =
            known(0x1B, 0x00, "SYNCHRONOUS DATA TRANSFER ERROR");
    public static final AdditionalSense MISCOMPARE_DURING_VERIFY_OPERATION =
            known(0x1D, 0x00, "MISCOMPARE DURING VERIFY OPERATION");
    public static final AdditionalSense INVALID_COMMAND_OPERATION_CODE =
            known(0x20, 0x00, "INVALID COMMAND OPERATION CODE");
    public static final AdditionalSense LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE =
            known(0x21, 0x00, "LOGICAL BLOCK ADDRESS OUT OF RANGE");
    public static final AdditionalSense INVALID_ELEMENT_ADDRESS = known(0x21, 0x01, "INVALID ELEMENT ADDRESS");
    public static final AdditionalSense INVALID_ADDRESS_FOR_WRITE = known(0x21, 0x02, "INVALID ADDRESS FOR WRITE");
    public static final AdditionalSense INVALID_TOKEN_OPERATION_CAUSE_NOT_REPORTABLE =
            known(0x23, 0x00, "INVALID TOKEN OPERATION, CAUSE NOT REPORTABLE");
    public static final AdditionalSense INVALID_FIELD_IN_CDB = known(0x24, 0x00, "INVALID FIELD IN CDB");
    public static final AdditionalSense CDB_DECRYPTION_ERROR = known(0x24, 0x01, "CDB DECRYPTION ERROR");
    public static final AdditionalSense LOGICAL_UNIT_NOT_SUPPORTED = known(0x25, 0x00, "LOGICAL UNIT NOT SUPPORTED");
    public static final AdditionalSense INVALID_FIELD_IN_PARAMETER_LIST =
            known(0x26, 0x00, "INVALID FIELD IN PARAMETER LIST");
    public static final AdditionalSense PARAMETER_NOT_SUPPORTED = known(0x26, 0x01, "PARAMETER NOT SUPPORTED");
    public static final AdditionalSense PARAMETER_VALUE_INVALID = known(0x26, 0x02, "PARAMETER VALUE INVALID");
    public static final AdditionalSense INVALID_RELEASE_OF_PERSISTENT_RESERVATION =
            known(0x26, 0x04, "INVALID RELEASE OF PERSISTENT RESERVATION");
    public static final AdditionalSense TOO_MANY_TARGET_DESCRIPTORS = known(0x26, 0x06, "TOO MANY TARGET DESCRIPTORS");
    public static final AdditionalSense WRITE_PROTECTED = known(0x27, 0x00, "WRITE PROTECTED");
    public static final AdditionalSense HARDWARE_WRITE_PROTECTED = known(0x27, 0x01, "HARDWARE WRITE PROTECTED");
    public static final AdditionalSense LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED =
            known(0x27, 0x02, "LOGICAL UNIT SOFTWARE WRITE PROTECTED");
    public static final AdditionalSense ASSOCIATED_WRITE_PROTECT = known(0x27, 0x03, "ASSOCIATED WRITE PROTECT");
    public static final AdditionalSense PERSISTENT_WRITE_PROTECT = known(0x27, 0x04, "PERSISTENT WRITE PROTECT");
    public static final AdditionalSense PERMANENT_WRITE_PROTECT = known(0x27, 0x05, "PERMANENT WRITE PROTECT");
    public static final AdditionalSense SPACE_ALLOCATION_FAILED_WRITE_PROTECT =
            known(0x27, 0x07, "SPACE ALLOCATION FAILED WRITE PROTECT");
    public static final AdditionalSense NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED =
            known(0x28, 0x00, "NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED");
    public static final AdditionalSense IMPORT_OR_EXPORT_ELEMENT_ACCESSED =
            known(0x28, 0x01, "IMPORT OR EXPORT ELEMENT ACCESSED");
    public static final AdditionalSense POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED =
            known(0x29, 0x00, "POWER ON, RESET, OR BUS DEVICE RESET OCCURRED");
    public static final AdditionalSense POWER_ON_OCCURRED = known(0x29, 0x01, "POWER ON OCCURRED");
    public static final AdditionalSense SCSI_BUS_RESET_OCCURRED = known(0x29, 0x02, "SCSI BUS RESET OCCURRED");
    public static final AdditionalSense BUS_DEVICE_RESET_FUNCTION_OCCURRED =
            known(0x29, 0x03, "BUS DEVICE RESET FUNCTION OCCURRED");
    public static final AdditionalSense DEVICE_INTERNAL_RESET = known(0x29, 0x04, "DEVICE INTERNAL RESET");
    public static final AdditionalSense I_T_NEXUS_LOSS_OCCURRED = known(0x29, 0x07, "I_T NEXUS LOSS OCCURRED");
    public static final AdditionalSense PARAMETERS_CHANGED = known(0x2A, 0x00, "PARAMETERS CHANGED");
    public static final AdditionalSense MODE_PARAMETERS_CHANGED = known(0x2A, 0x01, "MODE PARAMETERS CHANGED");
    public static final AdditionalSense LOG_PARAMETERS_CHANGED = known(0x2A, 0x02, "LOG PARAMETERS CHANGED");
    public static final AdditionalSense RESERVATIONS_PREEMPTED = known(0x2A, 0x03, "RESERVATIONS PREEMPTED");
    public static final AdditionalSense RESERVATIONS_RELEASED = known(0x2A, 0x04, "RESERVATIONS RELEASED");
    public static final AdditionalSense REGISTRATIONS_PREEMPTED = known(0x2A, 0x05, "REGISTRATIONS PREEMPTED");
    public static final AdditionalSense ASYMMETRIC_ACCESS_STATE_CHANGED =
            known(0x2A, 0x06, "ASYMMETRIC ACCESS STATE CHANGED");
    public static final AdditionalSense CAPACITY_DATA_HAS_CHANGED = known(0x2A, 0x09, "CAPACITY DATA HAS CHANGED");
    public static final AdditionalSense TIMESTAMP_CHANGED = known(0x2A, 0x10, "TIMESTAMP CHANGED");
    public static final AdditionalSense DATA_ENCRYPTION_PARAMETERS_CHANGED_BY_ANOTHER_I_T_NEXUS =
            known(0x2A, 0x11, "DATA ENCRYPTION PARAMETERS CHANGED BY ANOTHER I_T NEXUS");
    public static final AdditionalSense COMMAND_SEQUENCE_ERROR = known(0x2C, 0x00, "COMMAND SEQUENCE ERROR");
    public static final AdditionalSense NOT_RESERVED = known(0x2C, 0x0B, "NOT RESERVED");
    public static final AdditionalSense OVERWRITE_ERROR_ON_UPDATE_IN_PLACE =
            known(0x2D, 0x00, "OVERWRITE ERROR ON UPDATE IN PLACE");
    public static final AdditionalSense INSUFFICIENT_TIME_FOR_OPERATION =
            known(0x2E, 0x00, "INSUFFICIENT TIME FOR OPERATION");
    public static final AdditionalSense COMMANDS_CLEARED_BY_ANOTHER_INITIATOR =
            known(0x2F, 0x00, "COMMANDS CLEARED BY ANOTHER INITIATOR");
    public static final AdditionalSense INCOMPATIBLE_MEDIUM_INSTALLED =
            known(0x30, 0x00, "INCOMPATIBLE MEDIUM INSTALLED");
    public static final AdditionalSense CANNOT_READ_MEDIUM_UNKNOWN_FORMAT =
            known(0x30, 0x01, "CANNOT READ MEDIUM - UNKNOWN FORMAT");
    public static final AdditionalSense CLEANING_CARTRIDGE_INSTALLED =
            known(0x30, 0x03, "CLEANING CARTRIDGE INSTALLED");
    public static final AdditionalSense CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT =
            known(0x30, 0x05, "CANNOT WRITE MEDIUM - INCOMPATIBLE FORMAT");
    public static final AdditionalSense WORM_MEDIUM_OVERWRITE_ATTEMPTED =
            known(0x30, 0x0C, "WORM MEDIUM - OVERWRITE ATTEMPTED");
    public static final AdditionalSense WORM_MEDIUM_INTEGRITY_CHECK =
            known(0x30, 0x0D, "WORM MEDIUM - INTEGRITY CHECK");
    public static final AdditionalSense MEDIUM_FORMAT_CORRUPTED = known(0x31, 0x00, "MEDIUM FORMAT CORRUPTED");
    public static final AdditionalSense FORMAT_COMMAND_FAILED = known(0x31, 0x01, "FORMAT COMMAND FAILED");
    public static final AdditionalSense NO_DEFECT_SPARE_LOCATION_AVAILABLE =
            known(0x32, 0x00, "NO DEFECT SPARE LOCATION AVAILABLE");
    public static final AdditionalSense ROUNDED_PARAMETER = known(0x37, 0x00, "ROUNDED PARAMETER");
    public static final AdditionalSense THIN_PROVISIONING_SOFT_THRESHOLD_REACHED =
            known(0x38, 0x07, "THIN PROVISIONING SOFT THRESHOLD REACHED");
    public static final AdditionalSense SAVING_PARAMETERS_NOT_SUPPORTED =
            known(0x39, 0x00, "SAVING PARAMETERS NOT SUPPORTED");
    public static final AdditionalSense MEDIUM_NOT_PRESENT = known(0x3A, 0x00, "MEDIUM NOT PRESENT");
    public static final AdditionalSense MEDIUM_NOT_PRESENT_TRAY_CLOSED =
            known(0x3A, 0x01, "MEDIUM NOT PRESENT - TRAY CLOSED");
    public static final AdditionalSense MEDIUM_NOT_PRESENT_TRAY_OPEN =
            known(0x3A, 0x02, "MEDIUM NOT PRESENT - TRAY OPEN");
    public static final AdditionalSense MEDIUM_NOT_PRESENT_MEDIUM_AUXILIARY_MEMORY_ACCESSIBLE =
            known(0x3A, 0x04, "MEDIUM NOT PRESENT - MEDIUM AUXILIARY MEMORY ACCESSIBLE");
    public static final AdditionalSense SEQUENTIAL_POSITIONING_ERROR =
            known(0x3B, 0x00, "SEQUENTIAL POSITIONING ERROR");
    public static final AdditionalSense POSITION_PAST_BEGINNING_OF_MEDIUM =
            known(0x3B, 0x0C, "POSITION PAST BEGINNING OF MEDIUM");
    public static final AdditionalSense MEDIUM_DESTINATION_ELEMENT_FULL =
            known(0x3B, 0x0D, "MEDIUM DESTINATION ELEMENT FULL");
    public static final AdditionalSense MEDIUM_SOURCE_ELEMENT_EMPTY = known(0x3B, 0x0E, "MEDIUM SOURCE ELEMENT EMPTY");
    public static final AdditionalSense MEDIUM_MAGAZINE_NOT_ACCESSIBLE =
            known(0x3B, 0x11, "MEDIUM MAGAZINE NOT ACCESSIBLE");
    public static final AdditionalSense DATA_TRANSFER_DEVICE_REMOVED =
            known(0x3B, 0x1A, "DATA TRANSFER DEVICE REMOVED");
    public static final AdditionalSense LOGICAL_UNIT_HAS_NOT_SELF_CONFIGURED_YET =
            known(0x3E, 0x00, "LOGICAL UNIT HAS NOT SELF-CONFIGURED YET");
    public static final AdditionalSense LOGICAL_UNIT_FAILURE = known(0x3E, 0x01, "LOGICAL UNIT FAILURE");
    public static final AdditionalSense TIMEOUT_ON_LOGICAL_UNIT = known(0x3E, 0x02, "TIMEOUT ON LOGICAL UNIT");
    public static final AdditionalSense TARGET_OPERATING_CONDITIONS_HAVE_CHANGED =
            known(0x3F, 0x00, "TARGET OPERATING CONDITIONS HAVE CHANGED");
    public static final AdditionalSense MICROCODE_HAS_BEEN_CHANGED = known(0x3F, 0x01, "MICROCODE HAS BEEN CHANGED");
    public static final AdditionalSense INQUIRY_DATA_HAS_CHANGED = known(0x3F, 0x03, "INQUIRY DATA HAS CHANGED");
    public static final AdditionalSense DEVICE_IDENTIFIER_CHANGED = known(0x3F, 0x05, "DEVICE IDENTIFIER CHANGED");
    public static final AdditionalSense REPORTED_LUNS_DATA_HAS_CHANGED =
            known(0x3F, 0x0E, "REPORTED LUNS DATA HAS CHANGED");
    public static final AdditionalSense MESSAGE_ERROR = known(0x43, 0x00, "MESSAGE ERROR");
    public static final AdditionalSense INTERNAL_TARGET_FAILURE = known(0x44, 0x00, "INTERNAL TARGET FAILURE");
    public static final AdditionalSense INITIATOR_DETECTED_ERROR_MESSAGE_RECEIVED =
            known(0x48, 0x00, "INITIATOR DETECTED ERROR MESSAGE RECEIVED");
    public static final AdditionalSense INVALID_MESSAGE_ERROR = known(0x49, 0x00, "INVALID MESSAGE ERROR");
    public static final AdditionalSense DATA_PHASE_ERROR = known(0x4B, 0x00, "DATA PHASE ERROR");
    public static final AdditionalSense OVERLAPPED_COMMANDS_ATTEMPTED =
            known(0x4E, 0x00, "OVERLAPPED COMMANDS ATTEMPTED");
    public static final AdditionalSense WRITE_APPEND_ERROR = known(0x50, 0x00, "WRITE APPEND ERROR");
    public static final AdditionalSense ERASE_FAILURE = known(0x51, 0x00, "ERASE FAILURE");
    public static final AdditionalSense ERASE_FAILURE_INCOMPLETE_ERASE_OPERATION_DETECTED =
            known(0x51, 0x01, "ERASE FAILURE - INCOMPLETE ERASE OPERATION DETECTED");
    public static final AdditionalSense CARTRIDGE_FAULT = known(0x52, 0x00, "CARTRIDGE FAULT");
    public static final AdditionalSense MEDIA_LOAD_OR_EJECT_FAILED = known(0x53, 0x00, "MEDIA LOAD OR EJECT FAILED");
    public static final AdditionalSense MEDIUM_REMOVAL_PREVENTED = known(0x53, 0x02, "MEDIUM REMOVAL PREVENTED");
    public static final AdditionalSense SYSTEM_RESOURCE_FAILURE = known(0x55, 0x00, "SYSTEM RESOURCE FAILURE");
    public static final AdditionalSense INSUFFICIENT_RESERVATION_RESOURCES =
            known(0x55, 0x02, "INSUFFICIENT RESERVATION RESOURCES");
    public static final AdditionalSense INSUFFICIENT_RESOURCES = known(0x55, 0x03, "INSUFFICIENT RESOURCES");
    public static final AdditionalSense INSUFFICIENT_REGISTRATION_RESOURCES =
            known(0x55, 0x04, "INSUFFICIENT REGISTRATION RESOURCES");
    public static final AdditionalSense AUXILIARY_MEMORY_OUT_OF_SPACE =
            known(0x55, 0x06, "AUXILIARY MEMORY OUT OF SPACE");
    public static final AdditionalSense MAXIMUM_NUMBER_OF_SUPPLEMENTAL_DECRYPTION_KEYS_EXCEEDED =
            known(0x55, 0x08, "MAXIMUM NUMBER OF SUPPLEMENTAL DECRYPTION KEYS EXCEEDED");
    public static final AdditionalSense UPDATED_BLOCK_READ = known(0x59, 0x00, "UPDATED BLOCK READ");
    public static final AdditionalSense OPERATOR_MEDIUM_REMOVAL_REQUEST =
            known(0x5A, 0x01, "OPERATOR MEDIUM REMOVAL REQUEST");
    public static final AdditionalSense FAILURE_PREDICTION_THRESHOLD_EXCEEDED =
            known(0x5D, 0x00, "FAILURE PREDICTION THRESHOLD EXCEEDED");
    public static final AdditionalSense FAILURE_PREDICTION_THRESHOLD_EXCEEDED_FALSE =
            known(0x5D, 0xFF, "FAILURE PREDICTION THRESHOLD EXCEEDED (FALSE)");
    public static final AdditionalSense SECURITY_ERROR = known(0x74, 0x00, "SECURITY ERROR");
    public static final AdditionalSense UNABLE_TO_DECRYPT_DATA = known(0x74, 0x01, "UNABLE TO DECRYPT DATA");
    public static final AdditionalSense INCORRECT_DATA_ENCRYPTION_KEY =
            known(0x74, 0x03, "INCORRECT DATA ENCRYPTION KEY");

    public AdditionalSense {
        if (asc < 0 || asc > 0xFF || ascq < 0 || ascq > 0xFF) {
            throw new IllegalArgumentException(
                    String.format("additional sense code %Xh/%Xh: each part is one byte, 00h to FFh", asc, ascq));
        }
    }

    /**
     * The code that T10 assigned, or a nameless one (vendor specific, or newer than this class). Not for the hot path:
     * keep the result in a constant.
     */
    public static AdditionalSense of(int asc, int ascq) {
        AdditionalSense known = KNOWN.get((asc << 8) | ascq);
        if (known != null) {
            return known;
        }
        boolean vendor = asc >= 0x80 || ascq >= 0x80;
        return new AdditionalSense(asc, ascq, vendor ? "VENDOR SPECIFIC" : "UNASSIGNED");
    }

    /** Both bytes in one number: {@code asc << 8 | ascq}. */
    public int code() {
        return (asc << 8) | ascq;
    }

    /** As people write it: {@code 24/00 INVALID FIELD IN CDB}. */
    @Override
    public String toString() {
        return String.format("%02X/%02X %s", asc, ascq, text);
    }

    private static AdditionalSense known(int asc, int ascq, String text) {
        AdditionalSense sense = new AdditionalSense(asc, ascq, text);
        KNOWN.put(sense.code(), sense);
        return sense;
    }
}
