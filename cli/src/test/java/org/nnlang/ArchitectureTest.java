package org.nnlang;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The arrows between modules and packages. A rule that finds no class to look at fails, so none can rot silently.
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.nnlang");

    /// The lane operations whose bits differ between the interpreter's and C2's version of them.
    private static final Set<String> UNREPEATABLE = Set.of(
            "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2", "SINH", "COSH", "TANH", "EXP", "EXPM1", "LOG",
            "LOG10",
            "LOG1P", "POW", "CBRT", "HYPOT");

    static Stream<ArchRule> rules() {
        return Stream.of(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.nnlang.compiler.bytecode..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.objectweb.asm..")
                        .because("only the last stage knows how bytecode is written"),
                noClasses()
                        .that()
                        .resideOutsideOfPackages("org.nnlang.compiler.syntax..", "org.nnlang.grammar..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("org.antlr..", "org.nnlang.grammar..")
                        .because("everyone else sees the syntax tree, not the parser's"),
                noClasses()
                        .that()
                        .resideInAPackage("org.nnlang.grammar..")
                        .should()
                        .dependOnClassesThat(outside("org.nnlang.grammar..", "org.antlr..", "java.."))
                        .because("the grammar stands alone"),
                noClasses()
                        .that()
                        .resideInAPackage("org.nnlang.runtime..")
                        .should()
                        .dependOnClassesThat(
                                outside(
                                        "org.nnlang.runtime..", "java..", "com.sun.management..",
                                        "jdk.incubator.vector..",
                                        "org.jspecify.."))
                        .because("a shipped model needs the runtime's jar and a JDK alone"),
                noClasses()
                        .that()
                        .resideInAPackage("org.nnlang.opencl..")
                        .should()
                        .dependOnClassesThat(
                                outside("org.nnlang.opencl..", "org.nnlang.runtime..", "java..", "org.jspecify.."))
                        .because("a shipped model runs on a device with the runtime's jar and the backend's"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.nnlang.lsp..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("org.eclipse.lsp4j..", "com.google.gson..")
                        .because("only the language server knows the protocol of editors"),
                noClasses()
                        .that()
                        .resideInAPackage("org.nnlang.lsp..")
                        .should()
                        .dependOnClassesThat(
                                outside(
                                        "org.nnlang.lsp..", "org.nnlang.cache..", "org.nnlang.files..",
                                        "org.nnlang.compiler..", "org.nnlang.runtime..", "org.nnlang.stdlib..",
                                        "java..", "org.eclipse.lsp4j..", "org.jspecify.."))
                        .because("the language server knows the API and the compiler, and no command"),
                noClasses()
                        .that()
                        .resideInAPackage("org.nnlang.compiler..")
                        .should()
                        .dependOnClassesThat(
                                outside(
                                        "org.nnlang.compiler..", "org.nnlang.runtime..", "org.nnlang.grammar..",
                                        "java..", "org.antlr..", "org.objectweb.asm..", "org.jspecify.."))
                        .because("the compiler knows the grammar and the runtime, and vectors by name only"),
                noClasses()
                        .that()
                        .resideInAPackage("org.nnlang.compiler..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net.http..", "java.time..")
                        .orShould()
                        .dependOnClassesThat()
                        .haveNameMatching("java\\.(io\\.(File|RandomAccess|Console)|net\\.(URL|.*Socket|Inet|Http)).*")
                        .because("the compiler is pure: whoever calls it reads and writes files"),
                noClasses()
                        .that()
                        .resideInAPackage("org.nnlang.compiler..")
                        .should()
                        .accessTargetWhere(describe("ask the clock or the environment", ArchitectureTest::isImpure))
                        .because("the compiler is pure: the same source gives the same program"),
                noClasses()
                        .should()
                        .accessTargetWhere(
                                describe("read an unrepeatable lane operation", ArchitectureTest::isUnrepeatable))
                        .because("they give different bits before and after C2 has compiled them"),
                slices()
                        .matching("org.nnlang.compiler.(*)..")
                        .should()
                        .beFreeOfCycles()
                        .because("the compiler is a pipeline"),
                slices()
                        .matching("org.nnlang.runtime.(*)..")
                        .should()
                        .beFreeOfCycles()
                        .because("kernels know nothing of those who use them"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.check(CLASSES);
    }

    /// Primitives, and arrays of them, live in no package.
    private static DescribedPredicate<JavaClass> outside(String... packages) {
        DescribedPredicate<JavaClass> inside = resideInAnyPackage(packages);
        return describe(
                "reside outside " + String.join(", ", packages),
                type -> !type.getBaseComponentType().isPrimitive() && !inside.test(type.getBaseComponentType()));
    }

    private static boolean isImpure(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(System.class)
                && !Set.of("arraycopy", "identityHashCode", "lineSeparator").contains(access.getName());
    }

    private static boolean isUnrepeatable(JavaAccess<?> access) {
        return access instanceof JavaFieldAccess
                && access.getTargetOwner().getName().equals("jdk.incubator.vector.VectorOperators")
                && UNREPEATABLE.contains(access.getName());
    }
}
