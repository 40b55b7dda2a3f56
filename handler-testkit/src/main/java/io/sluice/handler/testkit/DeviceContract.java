// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What SPC-5 and Sluice ask of every device, as tests: extend it, say which device, and run it. What a device does not have
 * (mode pages, log pages) is skipped. A failed rule names the CDB, what came and what was expected; a failed random rule names the seed
 * that repeats it.
 */
public abstract class DeviceContract
        implements InquiryRules,
                CommandRules,
                ModeSenseRules,
                ModeSelectRules,
                LogRules,
                LifeRules,
                TakeOverRules,
                RandomRules {
    @TempDir
    @Nullable
    Path directory;

    private @Nullable Testbed bed;

    /** For subclasses. */
    protected DeviceContract() {}

    /** The device; asked before every rule. */
    protected abstract DeviceUnderTest device();

    /** The device on its bench, open. */
    @Override
    public final Testbed bed() {
        Testbed there = bed;
        if (there == null) {
            throw new IllegalStateException("the device is not open yet: use it in a test, not before");
        }
        return there;
    }

    @BeforeEach
    final void openDevice() throws Exception {
        Path home = directory;
        if (home == null) {
            throw new IllegalStateException("JUnit gave no temporary directory");
        }
        bed = Testbed.open(device(), home);
    }

    /** Fails if an exception escaped or a command was ended twice. */
    @AfterEach
    final void closeDevice() {
        Testbed there = bed;
        if (there != null) {
            there.close();
        }
    }
}
