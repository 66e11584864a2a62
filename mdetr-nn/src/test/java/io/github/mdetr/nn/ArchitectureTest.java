package io.github.mdetr.nn;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.junit.jupiter.api.Test;

/** What may use what: nothing looks back up, images and boxes are plain arrays, native memory is the backends' own affair. */
class ArchitectureTest {
    private static final String NN = "io.github.mdetr.nn";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(NN);

    private static LayeredArchitecture layers() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String name :
                new String[] {"box", "image", "layer", "backbone", "text", "transformer", "mdetr", "pipeline", "parity"
                }) {
            layers = layers.layer(name).definedBy(NN + "." + name);
        }
        return layers.ensureAllClassesAreContainedInArchitecture();
    }

    @Test
    void dataFlowsDown() {
        layers().whereLayer("box")
                .mayNotAccessAnyLayer()
                .whereLayer("image")
                .mayNotAccessAnyLayer()
                .whereLayer("layer")
                .mayNotAccessAnyLayer()
                .whereLayer("backbone")
                .mayOnlyAccessLayers("layer", "image")
                .whereLayer("text")
                .mayOnlyAccessLayers("layer")
                .whereLayer("transformer")
                .mayOnlyAccessLayers("layer")
                .whereLayer("mdetr")
                .mayOnlyAccessLayers("backbone", "text", "transformer", "layer", "image")
                .whereLayer("pipeline")
                .mayOnlyAccessLayers("mdetr", "text", "image", "box")
                .whereLayer("parity")
                .mayOnlyAccessLayers("mdetr", "text", "image")
                .check(CLASSES);
    }

    @Test
    void theLayerRuleSeesAViolation() {
        assertThrows(
                AssertionError.class,
                () -> layers().whereLayer("pipeline").mayOnlyAccessLayers("box").check(CLASSES));
    }

    @Test
    void imagesAndBoxesNeedNoTensors() {
        noClasses()
                .that()
                .resideInAnyPackage(NN + ".image", NN + ".box")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.github.mdetr.core..")
                .check(CLASSES);
    }

    @Test
    void onlyBackendsTouchNativeMemory() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..", "org.nd4j..", "io.github.mdetr.core.backend.*..")
                .check(CLASSES);
    }

    @Test
    void nothingIsPrinted() {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
    }
}
