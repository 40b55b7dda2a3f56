// SPDX-License-Identifier: Apache-2.0
/** T10's vocabulary: status, sense, operation codes, and writers of parameter data. Big-endian, as SCSI is. */
@NullMarked
package io.sluice.scsi;

import org.jspecify.annotations.NullMarked;
