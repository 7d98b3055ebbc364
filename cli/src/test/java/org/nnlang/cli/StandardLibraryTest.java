package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.lower.TestProgram;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.pipeline.TestRun;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.stdlib.StandardLibrary;

/// Every module of the standard library is documented, tested, and differentiated rightly.
class StandardLibraryTest {
    static Stream<String> modules() {
        return StandardLibrary.modules().stream();
    }

    private static SourceFile source(String module) {
        return new SourceFile(StandardLibrary.fileName(module), StandardLibrary.text(module).orElseThrow());
    }

    @Test
    void thePreludeKnowsEveryFile() {
        Path folder = Repository.root().resolve("stdlib/src/main/resources/META-INF/nnlang");
        var files = Repository.files(folder, ".nn").stream().map(file -> folder.relativize(file).toString())
                .collect(Collectors.toCollection(TreeSet::new));
        files.remove("std/prelude.nn");
        assertEquals(
                files, modules().map(StandardLibrary::fileName).collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aModuleIsDocumentedAndTested(String module) {
        List<Declaration> declarations = Parser.parse(source(module)).module().declarations();
        assertTrue(declarations.stream().anyMatch(Declaration.Test.class::isInstance), "it has no test");
        for (Declaration declaration : declarations) {
            if (declaration instanceof Declaration.Described described && !(declaration instanceof Declaration.Test)) {
                assertFalse(described.header().documentation().isBlank(), () -> "undocumented: " + described.header());
            }
        }
    }

    @TestFactory
    Stream<DynamicContainer> theTestsOfEveryModulePass() {
        return modules().map(module -> {
            SourceFile file = source(module);
            var tests = FrontEnd.tests(file, new FileSources(Path.of("")));
            assertTrue(tests.diagnostics().isEmpty(), () -> module + " has mistakes");
            return DynamicContainer.dynamicContainer(
                    module,
                    Objects.requireNonNull(tests.program()).stream()
                            .map(test -> DynamicTest.dynamicTest(test.name(), () -> assertPasses(test))));
        });
    }

    private static void assertPasses(TestProgram test) {
        try (Team team = Team.of(1)) {
            assertEquals(List.of(), TestRun.of(test, team));
        }
    }

    /// Losses of `x: f32[4, 3]`, `y: f32[4, 3]`, `z: f32[4, 3]` (in (0, 1)) and `label: i32[4]`.
    @TestFactory
    Stream<DynamicContainer> gradientsAreSlopes() {
        return SlopeCheck.of("""
                param x: f32[4, 3] ~ normal()
                val y: f32[4, 3] = [[0.3, -1.2, 0.7], [1.1, 0.4, -0.6], [-0.2, 0.9, 2.1], [-1.4, 0.5, 0.8]]
                val z: f32[4, 3] = [[0.3, 0.2, 0.7], [0.1, 0.4, 0.6], [0.2, 0.9, 0.1], [0.5, 0.5, 0.8]]
                val label = i32([0, 2, 1, 1])
                """, """
                mse(x, y)
                mae(x, y)
                huber(x, y)
                huber(3 * x, y, delta = 0.5)
                binary_cross_entropy(sigmoid(x), z)
                binary_cross_entropy_with_logits(x, z)
                cross_entropy(x, label)
                cross_entropy(x, label, smoothing = 0.1)
                soft_cross_entropy(x, z)
                hinge(x, sign(y))
                sum(elu(x) * y)
                sum(gelu(x) * y)
                sum(identity(x) * y)
                sum(leaky_relu(x) * y)
                sum(log_softmax(x) * y)
                sum(relu(x) * y)
                sum(sigmoid(x) * y)
                sum(silu(x) * y)
                sum(softmax(x) * y)
                sum(softplus(x) * y)
                sum(clamp(x, -0.5, 0.5) * y)
                sum(Dense(5, tanh)(x) ^ 2)
                sum(Dense(5, bias = false)(x) ^ 3)
                sum(LayerNorm()(x) * y)
                sum(RMSNorm()(x) * y)
                sum(BatchNorm()(x) * y)
                sum(Dropout(0.4)(x) * y)
                sum(Residual(Dense(3, tanh))(x) * y)
                sum(Embedding(6, 3)(label) * x)
                sum(flatten(reshape(x, [2, 2, 3])) ^ 2)
                sum(SimpleRNN(2)(reshape(x, [2, 2, 3])).out ^ 2)
                sum(SimpleRNN(2, sigmoid, reversed = true)(reshape(x, [2, 2, 3])).h ^ 2)
                sum(LSTM(2)(reshape(x, [1, 4, 3])).out ^ 2)
                sum(LSTM(2, reversed = true)(reshape(x, [2, 2, 3])).c ^ 2)
                sum(GRU(2)(reshape(x, [1, 4, 3])).out ^ 2)
                sum(Bidirectional({ r -> GRU(2, reversed = r) })(reshape(x, [2, 2, 3])) ^ 2)
                sum(Stacked(2, { i -> LSTM(2) })(reshape(x, [1, 4, 3])) ^ 2)
                sum(Stacked(2, { i -> SimpleRNN(2) }, dropout = 0.5)(reshape(x, [1, 4, 3])) ^ 2)
                l1([x], 0.1) + l2([x], 0.01)
                sum(x |> Dense(8, gelu) |> LayerNorm() |> Dropout(0.2) |> Dense(3) |> softmax() |> { p -> p * y })
                sum(resize(reshape(x, [1, 2, 2, 3]), 3, 5) ^ 2)
                sum(concat(split(x, [1, 2]), axis = -1)[1:, ::2] ^ 2) + mean(max(x, axis = 0) * min(x, axis = 0))
                sum(where(x > y, x * z, y / (2 + x ^ 2)))
                """);
    }
}
