// SPDX-License-Identifier: Apache-2.0
/** The program people run: configuration, command line, daemon, metrics. */
module io.sluice.appliance {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires info.picocli;
    requires io.sluice.handler;
    requires java.management;
    requires jdk.httpserver;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.slf4j;
    requires tools.jackson.core;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.toml;
    requires static org.jspecify;

    uses io.sluice.handler.DeviceGroupProvider;
    uses io.sluice.handler.DeviceProvider;

    provides ch.qos.logback.classic.spi.Configurator with
            io.sluice.appliance.daemon.LogConfigurator;

    opens io.sluice.appliance.cli to
            info.picocli;
}
