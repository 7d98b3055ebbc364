package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.incremental.Incremental;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.PhiloxDraws;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.LibraryKernel;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.program.Variable;

/// Library kernels and their gradients compute what the bodies of their functions mean, and the same bits on any number
/// of threads.
class LibraryKernelsTest {
    /// Of the largest element of a tensor.
    private static final double TOLERANCE = 2e-5;

    private static final double STEP = 1e-5;

    /// Parameters, and a function of them; its sum with fixed weights is the loss.
    ///
    /// @param kernels that must take part
    record Case(String parameters, String function, Set<LibraryKernel> kernels) {
        @Override
        public String toString() {
            return function + " of " + parameters;
        }
    }

    private static final Set<LibraryKernel> ATTENTION = EnumSet.of(
            LibraryKernel.ATTENTION, LibraryKernel.ATTENTION_GRADIENT);

    private static final Set<LibraryKernel> CONVOLUTION = EnumSet.of(
            LibraryKernel.CONVOLUTION, LibraryKernel.CONVOLUTION_INPUT, LibraryKernel.CONVOLUTION_WEIGHTS);

    private static final Set<LibraryKernel> MAX_POOL = EnumSet.of(
            LibraryKernel.MAX_POOL, LibraryKernel.MAX_POOL_GRADIENT);

    private static final Set<LibraryKernel> AVERAGE_POOL = EnumSet.of(
            LibraryKernel.AVERAGE_POOL, LibraryKernel.AVERAGE_POOL_GRADIENT);

    static Stream<Case> cases() {
        var cases = new ArrayList<Case>();
        for (String sizes : List.of("5 3 2 4", "1 1 1 1", "7 9 8 16", "70 130 5 3", "130 70 32 32", "200 300 33 17")) {
            String[] s = sizes.split(" ");
            String shapes = "q: f32[2, %1$s, %3$s]; k: f32[2, %2$s, %3$s]; v: f32[2, %2$s, %4$s]"
                    .formatted((Object[]) s);
            cases.add(new Case(shapes, "attention(q, k, v)", ATTENTION));
            cases.add(new Case(shapes, "attention(q, k, v, causal = true)", ATTENTION));
            cases.add(new Case(
                    shapes, "attention(q, k, v, mask = reshape(arange(%s) %% 3 != 1, [1, 1, -1]))".formatted(s[1]),
                    ATTENTION));
        }
        cases.add(new Case(
                "q: f32[2, 3, 4, 5]; k: f32[2, 3, 6, 5]; v: f32[2, 3, 6, 5]",
                "attention(q, k, v, causal = true, mask = reshape(arange(24) % 5 != 0, [4, 6]))", ATTENTION));
        cases.add(new Case(
                "x: f32[3, 20, 24]",
                "attention(transpose(reshape(x, [3, 20, 4, 6]), [0, 2, 1, 3]), "
                        + "transpose(reshape(x, [3, 20, 4, 6]), [0, 2, 1, 3]), "
                        + "transpose(reshape(x, [3, 20, 4, 6]), [0, 2, 1, 3]), causal = true)",
                ATTENTION));
        cases.add(new Case(
                "q: f32[3, 4]; k: f32[4, 5]; v: f32[5, 2]", "attention(q, transpose(k), v)", ATTENTION));
        String odd = "convolve(x, W, stride = [2, 1], before = [1, 0], after = [2, 1], dilation = [1, 2])";
        for (String shapes : List.of(
                "x: f32[2, 6, 5, 3]; W: f32[3, 2, 3, 4]", "x: f32[1, 7, 7, 1]; W: f32[3, 3, 1, 5]",
                "x: f32[2, 6, 5, 4]; W: f32[3, 2, 2, 6]", "x: f32[2, 6, 5, 4]; W: f32[3, 2, 1, 4]",
                "x: f32[2, 6, 5, 4]; W: f32[1, 2, 1, 8]", "x: f32[2, 13, 14, 50]; W: f32[3, 3, 50, 20]",
                "x: f32[1, 23, 24, 9]; W: f32[3, 3, 1, 9]")) {
            cases.add(new Case(shapes, "convolve(x, W)", CONVOLUTION));
            cases.add(new Case(shapes, odd, CONVOLUTION));
        }
        String back = "x: f32[2, 3, 4, 4]; W: f32[3, 2, 2, 4]";
        cases.add(new Case(back, "convolve_transposed(x, W)", CONVOLUTION));
        cases.add(new Case(
                back, "convolve_transposed(x, W, stride = [2, 3], before = [1, 0], after = [0, 1], groups = 2)",
                CONVOLUTION));
        cases.add(new Case(
                back, "convolve_transposed(x, W, dilation = [2, 1], before = [1, 1], after = [2, 1])", CONVOLUTION));
        String image = "x: f32[2, 6, 5, 3]";
        for (String window : List.of(
                "x", "x, [3, 2]", "x, [3, 3], [1, 2]", "x, [3, 3], [2, 2], [1, 1], [1, 2]")) {
            cases.add(new Case(image, "max_pool(" + window + ")", MAX_POOL));
            cases.add(new Case(image, "average_pool(" + window + ")", AVERAGE_POOL));
        }
        cases.add(new Case(
                image, "average_pool(x, [3, 3], [2, 2], [1, 1], [1, 2], count_padding = true)", AVERAGE_POOL));
        // Wide enough for vectors.
        cases.add(new Case("x: f32[2, 6, 5, 35]", "max_pool(x)", MAX_POOL));
        cases.add(new Case("x: f32[2, 6, 5, 35]", "max_pool(x, [3, 3], [2, 2], [1, 1], [1, 2])", MAX_POOL));
        cases.add(new Case("x: f32[2, 6, 5, 35]", "average_pool(x)", AVERAGE_POOL));
        // What follows on blocks of the result, forwards and backwards.
        cases.add(new Case(
                "x: f32[2, 6, 5, 3]; W: f32[3, 2, 3, 4]; b: f32[4]", "relu(convolve(x, W) + b)", CONVOLUTION));
        cases.add(new Case(
                "x: f32[1, 6, 5, 3]; W: f32[3, 2, 3, 1]; b: f32[1]", "tanh(convolve(x, W) + b)", CONVOLUTION));
        cases.add(new Case(
                "x: f32[3, 1, 9, 2]; W: f32[1, 3, 2, 4]; b: f32[4]",
                "relu(convolve(x, W, before = [0, 1], after = [0, 1]) + b) * x[:, :, :, :1]", CONVOLUTION));
        var both = EnumSet.copyOf(CONVOLUTION);
        both.addAll(MAX_POOL);
        String two = "x: f32[2, 9, 8, 3]; W: f32[3, 3, 3, 16]; b: f32[16]; V: f32[2, 2, 16, 32]";
        cases.add(new Case(two, "relu(convolve(max_pool(relu(convolve(x, W) + b)), V))", both));
        cases.add(new Case(
                two, "max_pool(relu(convolve(relu(convolve(x, W, before = [1, 1]) + b), V)), stride = [1, 2])", both));
        // Of the second order: the gradients of kernels have gradients.
        cases.add(new Case(
                "x: f32[2, 6, 5, 3]; W: f32[3, 2, 3, 4]",
                "grad(sum(convolve(x, W, stride = [2, 1]) ^ 3), x)", CONVOLUTION));
        cases.add(new Case(
                "x: f32[2, 6, 5, 3]; W: f32[3, 2, 3, 4]",
                "grad(sum(convolve(x, W, before = [1, 1]) ^ 3), W)", CONVOLUTION));
        cases.add(new Case(
                "x: f32[2, 3, 4, 4]; W: f32[3, 2, 2, 4]", "grad(sum(convolve_transposed(x, W) ^ 3), x)", CONVOLUTION));
        cases.add(new Case(image, "grad(sum(max_pool(x) ^ 3), x)", MAX_POOL));
        cases.add(new Case(image, "grad(sum(average_pool(x) ^ 3), x)", AVERAGE_POOL));
        cases.add(new Case(
                "q: f32[2, 3, 4]; k: f32[2, 5, 4]; v: f32[2, 5, 3]",
                "grad(sum(attention(q, k, v, causal = true) ^ 2), q)", ATTENTION));
        // Nobody may meet anybody.
        cases.add(new Case(
                "q: f32[3, 4]; k: f32[5, 4]; v: f32[5, 2]",
                "attention(q, k, v, mask = reshape(arange(3) != 1, [3, 1])) + q[:, :2]", ATTENTION));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aKernelComputesWhatItsBodyMeans(Case each) {
        TrainingProgram program = program(each);
        Procedure step = program.step().procedure();
        assertEquals(each.kernels, kernels(step));
        try (Team team = Team.of(1)) {
            Map<String, double[]> point = point(program, team);
            var expected = Interpreter.run(step, bindings(point, team));
            Map<String, float[]> one = run(program, point, 1);
            for (var entry : expected.updates().entrySet()) {
                assertClose(entry.getKey(), entry.getValue(), Objects.requireNonNull(one.get(entry.getKey())));
            }
            for (int threads : List.of(2, 3)) {
                Map<String, float[]> several = run(program, point, threads);
                one.forEach((name, values) -> assertArrayEquals(values, several.get(name), name));
            }
        }
    }

    /// Those that the oracle is done with soon.
    static Stream<Case> smallCases() {
        return cases().filter(each -> !each.parameters.matches(".*\\b\\d{2,3}, \\d+.*"));
    }

    @ParameterizedTest
    @MethodSource("smallCases")
    void theGradientOfABodyIsItsSlope(Case each) {
        TrainingProgram program = program(each);
        try (Team team = Team.of(1)) {
            Map<String, double[]> point = point(program, team);
            var here = Interpreter.run(program.step().procedure(), bindings(point, team));
            for (Map.Entry<String, double[]> entry : point.entrySet()) {
                double[] value = entry.getValue();
                double[] after = here.updates().get(entry.getKey());
                // All of a large tensor would take long.
                for (int i = 0; i < value.length; i += Math.max(1, value.length / 6)) {
                    double kept = value[i];
                    value[i] = kept + STEP;
                    double above = loss(program, point, team);
                    value[i] = kept - STEP;
                    double below = loss(program, point, team);
                    value[i] = kept;
                    double slope = (above - below) / (2 * STEP);
                    assertEquals(slope, kept - after[i], 1e-5 * Math.max(1, Math.abs(slope)), entry.getKey());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("smallCases")
    void aCallIsReadAsItIsPrinted(Case each) {
        Procedure step = program(each).step().procedure();
        String text = IrText.print(step);
        Procedure again = IrText.parse(
                text, new Graph(),
                name -> Ops.ALL.stream().filter(op -> op.name().equals(name)).findFirst().orElse(null));
        assertEquals(text, IrText.print(again));
        assertTrue(text.contains("meaning @0 = procedure"));
    }

    /// Bias and activation go on with blocks of a convolution's result, and the activation's gradient with those of the
    /// convolution behind it and of the pooling.
    @Test
    void loopsFollowKernels() {
        var program = program(new Case(
                "x: f32[2, 9, 8, 3]; W: f32[3, 3, 3, 16]; b: f32[16]; V: f32[2, 2, 16, 32]",
                "max_pool(relu(convolve(relu(convolve(x, W) + b), V)))", CONVOLUTION));
        var followed = new ArrayList<LibraryKernel>();
        for (Step step : BackEnd.training(program).plan().step().image().steps()) {
            if (step instanceof Step.Call call && call.epilogue() != null) {
                followed.add(call.kernel());
            }
        }
        followed.sort(null);
        assertEquals(
                List.of(
                        LibraryKernel.CONVOLUTION, LibraryKernel.CONVOLUTION, LibraryKernel.CONVOLUTION_INPUT,
                        LibraryKernel.MAX_POOL_GRADIENT),
                followed.stream().filter(kernel -> kernel != LibraryKernel.MAX_POOL).toList());
    }

    /// A kernel hides what is inside; splitting a model sees through it.
    @Test
    void attentionIsSplitByPositions() {
        String text = """
                model Causal()(tokens: i32[b, t]) -> f32[b, t, 8] {
                    val h = Embedding(5, 8)(tokens)
                    h + attention(Dense(8)(h), Dense(8)(h), Dense(8)(h), causal = true)
                }
                """;
        var model = FrontEnd.model(
                new SourceFile("causal.nn", text), new FileSources(Path.of("")), null, Map.of());
        var apply = Objects.requireNonNull(model.program()).apply();
        assertEquals(Set.of(LibraryKernel.ATTENTION), kernels(apply));
        assertEquals(2, Incremental.of(apply, "tokens", 1).caches().size(), "keys and values");
    }

    static Set<LibraryKernel> kernels(Procedure procedure) {
        var found = EnumSet.noneOf(LibraryKernel.class);
        for (Node node : procedure.nodes()) {
            if (node.form() instanceof Form.Call call) {
                found.add(call.kernel());
            }
        }
        return found;
    }

    static void assertClose(String name, double[] expected, float[] actual) {
        double scale = 1;
        for (double value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            int element = i;
            assertEquals(expected[i], actual[i], TOLERANCE * scale, () -> name + "[" + element + "]");
        }
    }

    static Bindings bindings(Map<String, double[]> point, Team team) {
        return new Bindings(Map.of(), Map.of(), point, new PhiloxDraws(team, 5, 1));
    }

    /// Numbers that a float holds exactly.
    static Map<String, double[]> point(TrainingProgram program, Team team) {
        var point = new LinkedHashMap<String, double[]>();
        Interpreter.run(program.init(), new Bindings(Map.of(), Map.of(), Map.of(), new PhiloxDraws(team, 5, 0)))
                .updates()
                .forEach((name, values) -> {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) values[i];
                    }
                    point.put(name, values);
                });
        return point;
    }

    private static double loss(TrainingProgram program, Map<String, double[]> point, Team team) {
        return Interpreter.run(program.step().procedure(), bindings(point, team)).outputs().values().iterator()
                .next()[0];
    }

    private static Map<String, float[]> run(TrainingProgram program, Map<String, double[]> point, int threads) {
        return run(program, point, threads, null);
    }

    /// The variables after one step, on a device unless it is null.
    static Map<String, float[]> run(
            TrainingProgram program, Map<String, double[]> point, int threads, Accelerator device) {
        var compiled = BackEnd.training(program).plan().step();
        var memory = new Memory(compiled.image().variables(), device);
        point.forEach((name, values) -> {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            memory.set(name, floats);
        });
        var result = new HashMap<String, float[]>();
        try (Team team = Team.of(threads)) {
            Instance instance = Instance.bind(compiled.image(), compiled.program(), memory, Map.of(), team);
            if (instance.device() != null) {
                instance.device().poison();
            }
            instance.run();
            for (Variable variable : compiled.image().variables()) {
                result.put(variable.name(), memory.getFloats(variable.name()));
            }
            instance.release();
        }
        memory.release();
        return result;
    }

    static TrainingProgram program(Case each) {
        var parameters = new StringBuilder();
        for (String parameter : each.parameters.split(";")) {
            parameters.append("    param ").append(parameter.strip()).append(" ~ normal()\n");
        }
        String text = """
                layer Point()() -> f32 {
                %s    val y = %s
                    sum(y * reshape(sin(f32(arange(product(shape(y))))), shape(y)))
                }

                train Slope(steps: Int = 1, seed: Int = 5) {
                    val point = Point()
                    step { minimize point() with SGD(1.0) }
                }
                """.formatted(parameters, each.function);
        var elaborated = FrontEnd.training(
                new SourceFile("slope.nn", text), new FileSources(Path.of("")), null, Map.of());
        assertFalse(elaborated.program() == null, () -> elaborated.diagnostics().sorted().toString());
        return Objects.requireNonNull(elaborated.program());
    }
}
