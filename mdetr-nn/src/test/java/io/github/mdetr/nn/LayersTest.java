package io.github.mdetr.nn;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Packages look down only: layer, then backbone, text and transformer, then mdetr, then what uses the model. */
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
                .mayOnlyBeAccessedByLayers("mdetr", "image", "pipeline", "parity")
                .whereLayer("text")
                .mayOnlyBeAccessedByLayers("mdetr", "pipeline", "parity")
                .whereLayer("mdetr")
                .mayOnlyBeAccessedByLayers("image", "pipeline", "parity")
                .whereLayer("image")
                .mayOnlyBeAccessedByLayers("pipeline", "parity")
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
                .mayOnlyAccessLayers("box", "image", "mdetr", "text", "backbone", "tokenizer")
                .whereLayer("parity")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void noPackagesGoInCircles() {
        slices().matching(NN + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
