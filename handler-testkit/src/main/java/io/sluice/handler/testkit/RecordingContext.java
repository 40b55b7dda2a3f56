// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.ControlMode;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceMeters;
import io.sluice.handler.ItNexus;
import io.sluice.scsi.AdditionalSense;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** The context of a device without a runtime: notes the unit attentions that the device raises. Threads: the device's. */
public final class RecordingContext implements DeviceContext {
    private final String name;
    private final Path home;
    private final List<String> attentions = new ArrayList<>();

    public RecordingContext(String name, Path home) {
        this.name = name;
        this.home = home;
    }

    /** Unit attentions raised so far: {@code "all: ..."}, {@code "others: ..."} or {@code "one: ..."}. The test may clear it. */
    public List<String> attentions() {
        return attentions;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Path home() {
        return home;
    }

    @Override
    public void raiseUnitAttention(AdditionalSense sense) {
        attentions.add("all: " + sense);
    }

    @Override
    public void raiseUnitAttentionExcept(ItNexus but, AdditionalSense sense) {
        attentions.add("others: " + sense);
    }

    @Override
    public void raiseUnitAttentionFor(ItNexus only, AdditionalSense sense) {
        attentions.add("one: " + sense);
    }

    @Override
    public void controlModeChanged(ControlMode mode) {}

    @Override
    public DeviceMeters meters() {
        return new DeviceMeters() {
            @Override
            public void counter(String name, String description, LongSupplier value) {}

            @Override
            public void gauge(String name, String description, DoubleSupplier value) {}
        };
    }
}
