// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogParameters;
import java.util.function.Consumer;

/** A log page of few words. */
record CountedPage(int code, Consumer<LogParameters> parameters, Runnable toDefaults) implements LogPage {
    /** A page that has nothing to reset. */
    static CountedPage of(int code, Consumer<LogParameters> parameters) {
        return new CountedPage(code, parameters, () -> {});
    }

    @Override
    public void write(LogParameters out) {
        parameters.accept(out);
    }

    @Override
    public void reset() {
        toDefaults.run();
    }
}
