// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.sluice.handler.testing.GatewayDouble;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** The contract's own test: for each of its rules there is a device that breaks it, and the rule finds out. */
final class DefectTest {
    private static volatile GatewayDouble.@Nullable Opener opener;

    /** Run by the tests below only: its name is none that a build looks for. */
    static final class Spoilt extends DeviceContract {
        @Override
        protected DeviceUnderTest device() {
            GatewayDouble.Opener wrong = opener;
            if (wrong == null) {
                throw new IllegalStateException("no defect was chosen");
            }
            return DeviceUnderTest.of(wrong).patience(Duration.ofMillis(700));
        }
    }

    private static Events run(GatewayDouble.Opener wrong, String rule) {
        opener = wrong;
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Spoilt.class, rule))
                .execute()
                .testEvents();
    }

    private static String failure(Events events) {
        return events.failed()
                .map(DefectTest::message)
                .findFirst()
                .orElseThrow(() -> new AssertionError("the rule did not fail: "
                        + events.skipped().count() + " skipped, "
                        + events.aborted().count() + " aborted, "
                        + events.succeeded().count() + " succeeded"));
    }

    private static String message(Event event) {
        return String.valueOf(event.getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
                .getThrowable()
                .orElseThrow());
    }

    static Stream<Map.Entry<String, GatewayDouble.Opener>> byRule() {
        return Defects.byRule().entrySet().stream();
    }

    static Stream<Map.Entry<String, GatewayDouble.Opener>> ofAnyAnswer() {
        return Defects.ofAnyAnswer().entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("byRule")
    void shouldFailTheRuleThatADeviceBreaks(Map.Entry<String, GatewayDouble.Opener> defect) {
        assertThat(failure(run(defect.getValue(), defect.getKey()))).contains("AssertionError");
    }

    @ParameterizedTest
    @MethodSource("ofAnyAnswer")
    void shouldFailForAnAnswerThatNoDeviceMayGive(Map.Entry<String, GatewayDouble.Opener> defect) {
        assertThat(failure(run(defect.getValue(), "shouldTellWhetherItIsReady")))
                .contains(defect.getKey());
    }

    @Test
    void shouldHaveADefectForEveryRule() {
        Set<String> rules = new TreeSet<>();
        for (Class<?> group : DeviceContract.class.getInterfaces()) {
            Arrays.stream(group.getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(Test.class))
                    .map(Method::getName)
                    .forEach(rules::add);
        }
        assertThat(Defects.byRule().keySet()).isEqualTo(rules);
    }

    @Test
    void shouldPassADeviceWithoutDefect() {
        for (String rule : Defects.byRule().keySet()) {
            Events events = run(SpoiltDevice::new, rule);
            assertThat(events.succeeded().count()).as(rule).isEqualTo(1);
        }
    }

    @Test
    void shouldRepeatARandomFailureFromItsSeed() {
        GatewayDouble.Opener wrong = Objects.requireNonNull(Defects.byRule().get("shouldAnswerRandomParameterLists"));
        String first = failure(run(wrong, "shouldAnswerRandomParameterLists"));
        String seed = first.replaceFirst("(?s).*seed (-?[0-9]+) .*", "$1");
        System.setProperty(Seed.PROPERTY, seed);
        try {
            assertThat(failure(run(wrong, "shouldAnswerRandomParameterLists"))).isEqualTo(first);
        } finally {
            System.clearProperty(Seed.PROPERTY);
        }
    }
}
