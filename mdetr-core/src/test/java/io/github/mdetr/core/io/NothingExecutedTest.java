package io.github.mdetr.core.io;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** A file cannot run code where its reader has no means to: no reflection, no Java serialization, no process, no script. */
class NothingExecutedTest {
    private static final JavaClasses READERS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.github.mdetr.core.io");

    @Test
    void nothingIsLookedUpOrLoadedByName() {
        noClasses()
                .that()
                .areNotAssignableTo(DirectMemory.class) // which finds how to free memory, by names of its own
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.lang.reflect..", "java.lang.invoke..", "java.beans..", "javax.script..")
                .orShould()
                .callMethod(Class.class, "forName", String.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ClassLoader.class)
                .because("a name in a file stays a name")
                .check(READERS);
    }

    @Test
    void nothingIsDeserializedOrStarted() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(java.io.ObjectInputStream.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Process.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Runtime.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "com.fasterxml.jackson.databind..", "java.net.http..", "java.rmi..", "javax.naming..")
                .because("a file's values are data")
                .check(READERS);
    }
}
