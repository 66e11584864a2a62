package io.github.mdetr.nn;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * Packages look down only: layer, then backbone, text and transformer, then mdetr, then what uses the model. Images and boxes
 * are plain arrays and lie at the bottom.
 */
class LayersTest {
    private static final String NN = "io.github.mdetr.nn";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.github.mdetr");

    @Test
    void packagesLookDown() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("layer")
                .definedBy(NN + ".layer..")
                .layer("backbone")
                .definedBy(NN + ".backbone..")
                .layer("text")
                .definedBy(NN + ".text..")
                .layer("transformer")
                .definedBy(NN + ".transformer..")
                .layer("mdetr")
                .definedBy(NN + ".mdetr..")
                .layer("box")
                .definedBy(NN + ".box..")
                .layer("image")
                .definedBy(NN + ".image..")
                .layer("pipeline")
                .definedBy(NN + ".pipeline..")
                .layer("parity")
                .definedBy(NN + ".parity..")
                .layer("tokenizer")
                .definedBy("io.github.mdetr.tokenizer..")
                .whereLayer("layer")
                .mayOnlyBeAccessedByLayers("backbone", "text", "transformer", "mdetr")
                .whereLayer("transformer")
                .mayOnlyBeAccessedByLayers("mdetr")
                .whereLayer("backbone")
                .mayOnlyBeAccessedByLayers("mdetr", "pipeline", "parity")
                .whereLayer("text")
                .mayOnlyBeAccessedByLayers("mdetr", "pipeline", "parity")
                .whereLayer("mdetr")
                .mayOnlyBeAccessedByLayers("pipeline", "parity")
                .whereLayer("image")
                .mayOnlyBeAccessedByLayers("backbone", "mdetr", "pipeline", "parity")
                .whereLayer("tokenizer")
                .mayOnlyBeAccessedByLayers("pipeline")
                .whereLayer("box")
                .mayOnlyBeAccessedByLayers("pipeline")
                .whereLayer("box")
                .mayNotAccessAnyLayer()
                .whereLayer("image")
                .mayOnlyAccessLayers("box")
                .whereLayer("pipeline")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("pipeline")
                .mayOnlyAccessLayers("box", "image", "mdetr", "text", "tokenizer")
                .whereLayer("parity")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void imagesAndDataNeedNoTensors() {
        noClasses()
                .that()
                .resideInAnyPackage(NN + ".image", NN + ".data..", NN + ".augmentation")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.github.mdetr.core..")
                .check(CLASSES);
    }

    @Test
    void onlyBackendsTouchNativeMemory() {
        noClasses()
                .that()
                .resideInAPackage(NN + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..", "org.nd4j..", "io.github.mdetr.core.backend.*..")
                .check(CLASSES.that(describe("but LinearAssignment", c -> !isAssignment(c))));
    }

    /** Which takes costs as double precision, where tensors have single; it touches the array alone. */
    @Test
    void assignmentsTakeArraysOfNd4j() {
        classes()
                .that(describe("LinearAssignment", LayersTest::isAssignment))
                .should()
                .onlyDependOnClassesThat(describe(
                        "are INDArray alone of ND4J",
                        c -> !c.getPackageName().startsWith("org.nd4j")
                                || c.getSimpleName().equals("INDArray")))
                .check(CLASSES);
    }

    private static boolean isAssignment(JavaClass c) {
        return c.getFullName().equals(NN + ".matching.LinearAssignment");
    }

    @Test
    void noPackagesGoInCircles() {
        slices().matching(NN + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
