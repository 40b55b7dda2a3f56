// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.sluice.handler.HotPath;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may call whom: scsi, then handler, ring, runtime, the devices, and the appliance above them all. */
class DependencyDirectionTest {
    private static final String SCSI = "io.sluice.scsi..";
    private static final String HANDLER = "io.sluice.handler..";
    /** Runs a plugin author's device over real rings in a test, so it sits on top. */
    private static final String TESTING = "io.sluice.handler.testing..";

    private static final String RING = "io.sluice.ring..";
    private static final String RUNTIME = "io.sluice.runtime..";
    private static final String DEVICES = "io.sluice.[vdisk|vtl]..";
    private static final String POSIX = "io.sluice.posix..";
    private static final String APPLIANCE = "io.sluice.appliance..";

    private static JavaClasses all = new ClassFileImporter().importClasses();

    @BeforeAll
    static void readClasses() {
        all = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.sluice");
    }

    /** A rule over classes that were not found would hold. */
    @Test
    void shouldSeeEveryLayer() {
        for (String layer : List.of("scsi", "handler", "ring", "runtime", "posix", "vdisk", "vtl", "appliance")) {
            assertThat(all.stream().filter(type -> type.getPackageName().startsWith("io.sluice." + layer)))
                    .as(layer)
                    .isNotEmpty();
        }
    }

    @Test
    void shouldKeepTheVocabularyFreeOfEverythingElse() {
        noClasses()
                .that()
                .resideInAPackage(SCSI)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HANDLER, RING, RUNTIME, DEVICES, APPLIANCE)
                .check(all);
    }

    @Test
    void shouldKeepTheSpiFreeOfRingAndRuntime() {
        noClasses()
                .that()
                .resideInAPackage(HANDLER)
                .and()
                .resideOutsideOfPackage(TESTING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(RING, RUNTIME, DEVICES, APPLIANCE)
                .check(all);
    }

    @Test
    void shouldKeepTheRingBelowTheRuntime() {
        noClasses()
                .that()
                .resideInAPackage(RING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(RUNTIME, DEVICES, APPLIANCE)
                .check(all);
        noClasses()
                .that()
                .resideInAPackage(RUNTIME)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(DEVICES, APPLIANCE)
                .check(all);
    }

    @Test
    void shouldLetDevicesSeeTheSpiAndNothingBelowIt() {
        noClasses()
                .that()
                .resideInAPackage(DEVICES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(RING, RUNTIME, APPLIANCE)
                .check(all);
    }

    @Test
    void shouldKeepTheOperatingSystemsFilesFreeOfEverythingAboveThem() {
        noClasses()
                .that()
                .resideInAPackage(POSIX)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SCSI, HANDLER, RING, RUNTIME, DEVICES, APPLIANCE)
                .check(all);
    }

    @Test
    void shouldLetTheApplianceReachDevicesByTheSpiOnly() {
        noClasses()
                .that()
                .resideInAPackage(APPLIANCE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(DEVICES, RING)
                .check(all);
    }

    @Test
    void shouldHaveNoCycleBetweenPackages() {
        slices().matching("io.sluice.(**)").should().beFreeOfCycles().check(all);
    }

    @Test
    void shouldLogByConfiguredMeansOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(all);
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(all);
    }

    @Test
    void shouldCallExitInMainOnly() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(all);
    }

    @Test
    void shouldNeitherLockNorLogNorReadTheWallClockOnTheHotPath() {
        noMethods()
                .that()
                .areAnnotatedWith(HotPath.class)
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .check(all);
        methods()
                .that()
                .areAnnotatedWith(HotPath.class)
                .and()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .should(HotPathCondition.callNothingOf(DescribedPredicate.describe(
                        "logging, formatting, streams, boxing or the wall clock",
                        target -> target.getOwner().getPackageName().startsWith("org.slf4j")
                                || target.getOwner().getPackageName().startsWith("java.util.stream")
                                || target.getFullName().startsWith("java.lang.String.format")
                                || target.getFullName().startsWith("java.lang.System.currentTimeMillis")
                                || (target.getName().equals("valueOf")
                                        && target.getOwner().getPackageName().equals("java.lang")
                                        && !target.getOwner().isEnum()))))
                .check(all);
    }

    @Test
    void shouldNotUseUnsafe() {
        classes()
                .should()
                .onlyAccessClassesThat(DescribedPredicate.describe(
                        "are not sun.misc.Unsafe", type -> !type.getName().equals("sun.misc.Unsafe")))
                .check(all);
    }
}
