// SPDX-License-Identifier: Apache-2.0
/**
 * The tape drive (SSC-5). A command goes through the table to one of the {@code *Commands}; they share the {@link
 * io.sluice.vtl.drive.DriveUnit}, which knows the medium and where the drive stands on it. What must outlive the process is in
 * {@link io.sluice.vtl.drive.StateFile}, memory that the kernel keeps.
 */
@NullMarked
package io.sluice.vtl.drive;

import org.jspecify.annotations.NullMarked;
