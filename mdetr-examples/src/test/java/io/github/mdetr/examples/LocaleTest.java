package io.github.mdetr.examples;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Digits and letters are the same in every locale: no module formats in the one that Java was started in. */
class LocaleTest {
    private static final Set<String> FORMATTING = Set.of("format", "formatted", "printf");
    private static final Set<String> CASING = Set.of("toLowerCase", "toUpperCase");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.github.mdetr");

    @Test
    void noModuleFormatsOrFoldsCaseInTheDefaultLocale() {
        noClasses()
                .should()
                .callMethodWhere(describe("formats or folds case without a Locale", LocaleTest::dependsOnTheLocale))
                .check(CLASSES);
    }

    @Test
    void allModulesAreLookedAt() {
        for (String module : Set.of("core", "nn", "tokenizer", "examples")) {
            assertTrue(
                    CLASSES.stream().anyMatch(c -> c.getPackageName().startsWith("io.github.mdetr." + module)), module);
        }
    }

    private static boolean dependsOnTheLocale(JavaMethodCall call) {
        String owner = call.getTargetOwner().getName();
        boolean prints = owner.equals("java.lang.String")
                || owner.equals("java.io.PrintStream")
                || owner.equals("java.io.PrintWriter");
        boolean hasLocale = call.getTarget().getRawParameterTypes().stream()
                .anyMatch(type -> type.getName().equals("java.util.Locale"));
        return prints && !hasLocale && (FORMATTING.contains(call.getName()) || CASING.contains(call.getName()));
    }
}
