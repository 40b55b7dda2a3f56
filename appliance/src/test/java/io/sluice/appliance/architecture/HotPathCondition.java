// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** What a method marked {@code @HotPath} may not call. */
final class HotPathCondition {
    private HotPathCondition() {}

    static ArchCondition<JavaMethod> callNothingOf(DescribedPredicate<CodeUnitCallTarget> forbidden) {
        return new ArchCondition<>("call nothing of " + forbidden.getDescription()) {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                method.getCallsFromSelf().stream()
                        .filter(call -> forbidden.test(call.getTarget()))
                        .forEach(call -> events.add(SimpleConditionEvent.violated(method, call.getDescription())));
            }
        };
    }
}
