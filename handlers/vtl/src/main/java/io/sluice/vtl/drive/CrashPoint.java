// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;

/** A place between two steps where the process may die: nothing in production, and in tests a place where it does. */
@FunctionalInterface
interface CrashPoint {
    /** Where nobody dies. */
    CrashPoint NONE = () -> {};

    @HotPath
    void pass();
}
