package io.github.mdetr.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.junit.jupiter.api.Test;

/** What may use what: nothing looks back up, and native memory is the backends' own affair. */
class ArchitectureTest {
    private static final String CORE = "io.github.mdetr.core";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(CORE);

    /** tensor ← backend ← autograd ← op ← parameter ← optim: the arrow points at what may be used. */
    private static LayeredArchitecture layers() {
        return layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("tensor")
                .definedBy(CORE + ".tensor")
                .layer("backend")
                .definedBy(CORE + ".backend..")
                .layer("autograd")
                .definedBy(CORE + ".autograd")
                .layer("op")
                .definedBy(CORE + ".op")
                .layer("parameter")
                .definedBy(CORE + ".parameter")
                .layer("optim")
                .definedBy(CORE + ".optim")
                .layer("io")
                .definedBy(CORE + ".io..")
                .layer("number")
                .definedBy(CORE + ".number..")
                .ensureAllClassesAreContainedInArchitecture();
    }

    @Test
    void dataFlowsDown() {
        layers().whereLayer("number")
                .mayNotAccessAnyLayer()
                .whereLayer("tensor")
                .mayOnlyAccessLayers("number")
                .whereLayer("backend")
                .mayOnlyAccessLayers("tensor", "number")
                .whereLayer("autograd")
                .mayOnlyAccessLayers("tensor", "backend")
                .whereLayer("op")
                .mayOnlyAccessLayers("tensor", "backend", "autograd")
                .whereLayer("parameter")
                .mayOnlyAccessLayers("tensor", "backend", "autograd", "op")
                .whereLayer("optim")
                .mayOnlyAccessLayers("tensor", "backend", "autograd", "op", "parameter")
                .whereLayer("io")
                .mayOnlyAccessLayers("number")
                .check(CLASSES);
    }

    @Test
    void theLayerRuleSeesAViolation() {
        assertThrows(
                AssertionError.class,
                () -> layers().whereLayer("op").mayOnlyAccessLayers("tensor").check(CLASSES));
    }

    @Test
    void backendsDoNotKnowEachOther() {
        slices().matching(CORE + ".backend.(*)..")
                .should()
                .notDependOnEachOther()
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage(CORE + ".backend.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CORE + ".backend.*..")
                .because("a backend is found by ServiceLoader")
                .check(CLASSES);
    }

    /** Beside the backends: OpenMp alone, which looks among the loaded libraries for the one that they share. */
    @Test
    void onlyBackendsTouchNativeMemory() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CORE + ".backend.*..")
                .and()
                .doNotHaveFullyQualifiedName(CORE + ".backend.OpenMp")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    /** Beside the backends: Nd4jArrays alone, which says what all of them take. */
    @Test
    void nd4jIsBehindTensorAndBackends() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CORE + ".tensor", CORE + ".backend.*..")
                .and()
                .doNotHaveFullyQualifiedName(CORE + ".backend.Nd4jArrays")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.nd4j..")
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage(CORE + ".tensor")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackage("org.nd4j..")
                .orShould()
                .onlyDependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "are INDArray alone of ND4J",
                        c -> !c.getPackageName().startsWith("org.nd4j")
                                || c.getSimpleName().equals("INDArray")))
                .check(CLASSES);
    }

    @Test
    void nothingIsPrinted() {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
    }
}
