// SPDX-License-Identifier: Apache-2.0
/** Benchmarks against peers and limits. */
module io.sluice.bench {
    requires info.picocli;
    requires io.sluice.handler;
    requires io.sluice.posix;
    requires io.sluice.vtl;
    requires java.management;
    requires jdk.management;
    requires static org.jspecify;

    opens io.sluice.bench to
            info.picocli;
}
