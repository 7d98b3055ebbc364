package org.nnlang.compiler.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.PhiloxDraws;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.kernel.Team;

/// What programs mean: `test` blocks, computed by the oracle as they were elaborated, before any pass.
class MeaningTest {
    @TestFactory
    Stream<DynamicTest> theLanguageMeansWhatItSays() throws IOException {
        return folder(Snapshots.root().resolve("src/test/resources/semantics"));
    }

    @TestFactory
    Stream<DynamicTest> theStandardLibraryKeepsItsPromises() throws IOException {
        return folder(Snapshots.root().resolveSibling("stdlib/src/main/resources/META-INF/nnlang/std"));
    }

    private static Stream<DynamicTest> folder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(".nn"))
                    .sorted()
                    .toList()
                    .stream()
                    .map(file -> DynamicTest.dynamicTest(
                            file.getFileName().toString(), file.toUri(), () -> run(file)));
        }
    }

    private static void run(Path path) throws IOException {
        var file = new SourceFile(path.getFileName().toString(), Files.readString(path));
        var sources = new TestSources(List.of());
        String mistakes = new HumanRenderer(false).render(FrontEnd.check(file, sources).diagnostics().sorted());
        assertEquals("", mistakes);
        var elaborated = FrontEnd.tests(file, sources);
        for (TestProgram test : Objects.requireNonNull(elaborated.program())) {
            List<String> failures = failures(test);
            assertTrue(failures.isEmpty(), () -> test.name() + ": " + failures);
        }
    }

    private static List<String> failures(TestProgram test) {
        var failures = new ArrayList<String>();
        try (var team = Team.of(1)) {
            var draws = new PhiloxDraws(team, 0, 1);
            var results = Interpreter.run(test.procedure(), new Bindings(Map.of(), Map.of(), Map.of(), draws));
            for (TestProgram.Assertion assertion : test.assertions()) {
                boolean holds = assertion.output() == null
                        ? assertion.known()
                        : results.outputs().get(assertion.output())[0] != 0;
                if (!holds) {
                    failures.add(assertion.text() + assertion.values().stream()
                            .map(shown -> ", " + shown.text() + " = "
                                    + (shown.output() == null
                                            ? shown.value()
                                            : Arrays.toString(results.outputs().get(shown.output()))))
                            .toList());
                }
            }
        }
        return failures;
    }
}
