// SPDX-License-Identifier: Apache-2.0
/** The contract of a device as tests that its author runs, and the bench that they run on. */
@SuppressWarnings("requires-transitive-automatic")
module io.sluice.handler.testkit {
    requires transitive io.sluice.handler;
    requires transitive org.junit.jupiter.api;
    requires transitive org.jspecify;

    exports io.sluice.handler.testkit;

    opens io.sluice.handler.testkit; // the rules are methods of interfaces that only JUnit sees
}
