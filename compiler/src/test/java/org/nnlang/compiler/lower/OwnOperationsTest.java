package org.nnlang.compiler.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;

/// Operations of host code are functions of the language like its own: they broadcast, have derivatives of any order,
/// and give the same bits on every tier.
class OwnOperationsTest {
    private static final int ROWS = 70;
    private static final int COLUMNS = 37;

    private static ModelProgram model(String text) {
        var elaborated = FrontEnd.model(new SourceFile("own.nn", text), new TestSources(List.of()), null, Map.of());
        return Objects.requireNonNull(
                elaborated.program(), () -> elaborated.diagnostics().sorted().toString());
    }

    private static List<String> mistakes(String text) {
        return FrontEnd.check(new SourceFile("own.nn", text), new TestSources(List.of())).diagnostics().sorted()
                .stream()
                .map(Diagnostic::code)
                .map(code -> code.id())
                .toList();
    }

    private static double[] numbers(int count, double scale) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> (float) (scale * Math.sin(1.7 * i + 0.3)));
        return numbers;
    }

    private static Bindings at(Map<String, Long> sizes, Map<String, double[]> inputs) {
        return new Bindings(sizes, inputs, Map.of(), (_, _, _) -> new double[0]);
    }

    private static double[] oracle(String text, Map<String, double[]> inputs, int n) {
        return Interpreter.run(model(text).apply(), at(Map.of("n", (long) n), inputs)).outputs().get("out");
    }

    @Test
    void aDerivativeIsAnExpressionAndHasDerivatives() {
        double[] x = numbers(20, 3);
        double[] third = oracle("""
                model Third()(x: f32[n]) -> f32[n] {
                    val first = grad(arctan(x), x)
                    val second = grad(first, x)
                    grad(second, x)
                }
                """, Map.of("x", x), x.length);
        double[] expected = Arrays.stream(x).map(v -> (6 * v * v - 2) / Math.pow(1 + v * v, 3)).toArray();
        assertArrayEquals(expected, third, 1e-9);
    }

    @Test
    void aDerivativeMayUseTheResult() {
        double[] a = numbers(20, 3);
        double[] b = numbers(20, 2);
        double[] slope = oracle(
                "model Slope()(a: f32[n], b: f32[n]) -> f32[n] = grad(hypotenuse(a, b), b)",
                Map.of("a", a, "b", b), a.length);
        double[] expected = new double[a.length];
        Arrays.setAll(expected, i -> b[i] / Math.hypot(a[i], b[i]));
        assertArrayEquals(expected, slope, 1e-12);
    }

    @Test
    void derivativesThatAreOperationsMayNameEachOther() {
        double[] x = numbers(20, 3);
        double[] fourth = oracle("""
                model Fourth()(x: f32[n]) -> f32[n] {
                    val second = grad(grad(own_sine(x), x), x)
                    grad(grad(second, x), x)
                }
                """, Map.of("x", x), x.length);
        assertArrayEquals(Arrays.stream(x).map(Math::sin).toArray(), fourth, 1e-12);
    }

    @Test
    void nothingPassesThroughAnOperandWhoseDerivativeIsZero() {
        assertEquals(List.of("NN0617"), mistakes("fun f(x: f32[n]) -> f32[n] = grad(mixture(1.0, 2.0, x), x)"));
        assertEquals(List.of(), mistakes("fun f(x: f32[n]) -> f32[n] = grad(mixture(x, 2.0, 3.0), x)"));
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void everyTierGivesTheSameBits(Tier tier) {
        ModelProgram program = model("""
                model Wide()(x: f32[n, m], bias: f32[m], rows: f32[n]) -> (out: f32[n, m], slope: f32[n, m], first: f32[n]) {
                    val turned = arctan(2 * x + bias)
                    val mixed = mixture(turned, hypotenuse(x, reshape(rows, [n, 1])), bias)
                    val shares = softmax(mixed)
                    (shares, grad(sum(shares * arctan(x)), x), max(arctan(mixed), axis = 1) * arctan(rows))
                }
                """);
        var bindings = at(
                Map.of("n", (long) ROWS, "m", (long) COLUMNS),
                Map.of("x", numbers(ROWS * COLUMNS, 2), "bias", numbers(COLUMNS, 1), "rows", numbers(ROWS, 1.5)));
        var compiled = BackEnd.model(program).apply();
        Map<String, double[]> run = Running.run(
                compiled.image(), compiled.load(), compiled.procedure(), bindings, new Options(tier), 3, null)
                .outputs();
        Map<String, double[]> scalar = Running.run(
                compiled.image(), compiled.load(), compiled.procedure(), bindings, new Options(Tier.SCALAR), 1, null)
                .outputs();
        Map<String, double[]> exact = Interpreter.run(program.apply(), bindings).outputs();
        assertEquals(3, exact.size());
        exact.forEach((name, values) -> {
            assertArrayEquals(values, run.get(name), 2e-6, name);
            assertArrayEquals(scalar.get(name), run.get(name), name);
        });
    }

    @Test
    void aStepAllocatesNothing() {
        var compiled = BackEnd.model(model(
                "model M()(x: f32[n, m], r: f32[n]) -> f32[n, m] = hypotenuse(arctan(x), reshape(arctan(r), [n, 1]))"))
                .apply();
        try (Team team = Team.of(1)) {
            Instance instance = Instance.bind(
                    compiled.image(), compiled.load(), new Memory(compiled.image().variables()),
                    Map.of("n", ROWS, "m", 2000), team, new Options(Tier.TILE));
            for (int i = 0; i < 10; i++) {
                instance.run();
            }
            var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10; i++) {
                instance.run();
            }
            assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 10_000);
        }
    }

    @Test
    void aNumberOfNumbersIsANumber() {
        assertEquals(List.of(),
                mistakes("val QUARTER = arctan(1)\nfun f(x: f32[n]) -> f32[n] { require QUARTER < 1 : \"\"\n x }"));
    }

    @Test
    void aProgramsOwnFunctionHidesAnOperation() {
        double[] x = numbers(5, 1);
        assertArrayEquals(
                Arrays.stream(x).map(v -> 2 * v).toArray(),
                oracle("fun arctan(x: f32[n]) -> f32[n] = 2 * x\nmodel M()(x: f32[n]) -> f32[n] = arctan(x)",
                        Map.of("x", x), x.length));
    }

    @Test
    void anImageNamesItsOperations() throws IOException {
        Image image = BackEnd.model(model("model M()(x: f32[n]) -> f32[n] = arctan(x)")).apply().image();
        var bytes = new ByteArrayOutputStream();
        image.encode(bytes);
        assertEquals(image, Image.decode(new ByteArrayInputStream(bytes.toByteArray()), () -> TestOperations.ALL));
        NnException missing = assertThrows(
                NnException.class,
                () -> Image.decode(new ByteArrayInputStream(bytes.toByteArray()), () -> Operations.NONE));
        assertEquals("NN0872", missing.code());
        assertTrue(String.valueOf(missing.getMessage()).contains("`arctan`"));
    }

    @Test
    void anImageWithoutOperationsDoesNotLookForThem() throws IOException {
        Image image = BackEnd.model(model("model M()(x: f32[n]) -> f32[n] = tanh(x)")).apply().image();
        var bytes = new ByteArrayOutputStream();
        image.encode(bytes);
        Image.decode(new ByteArrayInputStream(bytes.toByteArray()), () -> {
            throw new AssertionError();
        });
    }

    @Test
    void whatAnOperationThrowsIsSaidWithItsName() {
        ModelProgram program = model("model M()(x: f32[n]) -> f32[n] = staircase(x)");
        var compiled = BackEnd.model(program).apply();
        NnException failure = assertThrows(
                NnException.class,
                () -> Running.run(
                        compiled.image(), compiled.load(), compiled.procedure(),
                        at(Map.of("n", 3L), Map.of("x", new double[] {1, -2, 3})), new Options(Tier.AUTO), 1, null));
        assertEquals("NN0873", failure.code());
        assertTrue(String.valueOf(failure.getMessage()).contains("`staircase`"));
        NnException known = assertThrows(
                NnException.class, () -> mistakes("fun f(x: f32[n]) -> f32[n] = x * staircase(-1)"));
        assertEquals("NN0873", known.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Arctan", "arc-tan", "", "2x", "if", "x y"})
    void aNameThatProgramsCannotWriteIsRefused(String name) {
        NnException refused = assertThrows(NnException.class, () -> check(List.of(new Named(name, List.of()))));
        assertEquals("NN0870", refused.code());
    }

    @Test
    void namesAreTakenOnce() {
        for (String name : List.of("tanh", "softplus", "reshape", "pi")) {
            NnException refused =
                    assertThrows(NnException.class, () -> check(List.of(new Named(name, List.of()))), name);
            assertEquals("NN0871", refused.code());
        }
        NnException twice = assertThrows(
                NnException.class,
                () -> check(List.of(new Named("own", List.of()), new Named("own", List.of("1")))));
        assertEquals("NN0871", twice.code());
    }

    @Test
    void aGradientForEachOperandOrNone() {
        NnException refused = assertThrows(
                NnException.class, () -> check(List.of(new Named("own", List.of("1", "2")))));
        assertEquals("NN0870", refused.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 / (", "nothing(x)", "[x, x]", "x > 0", "1 }", "x; y", "normal([3])", "\"text\"", "z",
        ""})
    void aDerivativeThatIsNoNumberOfItsOperandsIsAMistakeWhereTheOperationIsCalled(String derivative) {
        var sources = new Own(List.of(new Named("own", List.of(derivative))));
        var found = FrontEnd.check(
                new SourceFile("own.nn",
                        "fun f(x: f32[n]) -> f32[n] = own(x)\nfun g(x: f32[n]) -> f32[n] = 2 * own(x)"),
                sources).diagnostics().sorted();
        assertFalse(found.isEmpty());
        for (Diagnostic each : found) {
            assertEquals("NN0619", each.code().id(), each::message);
            assertEquals("own(x)", each.primary().text());
            assertTrue(each.message().startsWith("the derivative of `own` by `x` is wrong: "), each::message);
        }
    }

    private static void check(List<Operation> operations) {
        FrontEnd.check(new SourceFile("own.nn", "fun f(x: f32[n]) -> f32[n] = x"), new Own(operations));
    }

    private record Named(String name, List<String> gradients) implements Operation.Unary {
        @Override
        public double apply(double x) {
            return x;
        }
    }

    private record Own(Operations operations, TestSources others) implements Sources {
        Own(List<Operation> operations) {
            this(Operations.of(operations), new TestSources(List.of()));
        }

        @Override
        public Optional<SourceFile> module(String name) {
            return others.module(name);
        }

        @Override
        public Optional<SourceFile> file(SourceFile importer, String path) {
            return others.file(importer, path);
        }

        @Override
        public DataHeader header(DataExpression expression) {
            return others.header(expression);
        }
    }
}
