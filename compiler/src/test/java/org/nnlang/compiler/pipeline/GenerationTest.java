package org.nnlang.compiler.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.lower.TestSources;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.generate.GenerationPlan;
import org.nnlang.runtime.generate.Generator;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.Tensor;

/// Models that write sequences, compiled: token by token they say what the whole model says.
class GenerationTest {
    private static final String HEAD = """
            layer Attend(causal: Bool)(x: f32[b, t, d]) -> f32[b, t, d] {
                var scores = Dense(d)(x) @ transpose(Dense(d)(x)) / sqrt(d)
                if (causal) { scores = where(lower_triangle(t, t), scores, -inf) }
                softmax(scores) @ Dense(d)(x)
            }
            """;

    private static String writer(boolean causal) {
        return HEAD + """
                model Writer(width: Int = 16)(tokens: i32[b, t]) -> f32[b, t, 9] {
                    require t <= 12 : "there are no more than 12 positions"
                    param positions: f32[12, width] ~ normal(stddev = 0.5)
                    val h = Embedding(9, width)(tokens) + positions[:t]
                    h |> Residual { y -> y |> LayerNorm() |> Attend(%s) }
                      |> Residual { y -> y |> LayerNorm() |> Dense(2 * width, gelu) |> Dense(width) }
                      |> Dense(9)
                }
                """.formatted(causal);
    }

    private static final String SPELLER = HEAD + """
            model Speller(width: Int = 8)(word: i32[b, s], sounds: i32[b, t]) -> f32[b, t, 6] {
                val meaning = mean(Embedding(7, width)(word) |> Dense(width, tanh), axis = 1, keep = true)
                val h = Embedding(6, width)(sounds) + meaning
                h + Attend(true)(h) |> Dense(6)
            }
            """;

    /// A loop over positions, and what it carries at the end joined to each of them.
    private static final String RECURRENT = """
            layer Cell(units: Int)(x: f32[b, n], h: f32[b, units]) -> f32[b, units] = tanh(Dense(units)(x) + Dense(units)(h))
            model Recurrent(width: Int = 8)(tokens: i32[b, t]) -> f32[b, t, 6] {
                param start: f32[width] ~ normal(stddev = 1.0)
                val cell = Cell(width)
                val upper = Cell(width)
                var h = zeros([b, width]) + start
                var g = ones([b, width])
                val out = scan x in Embedding(6, width)(tokens) along t {
                    h = cell(x, h)
                    g = upper(h, g)
                    yield g
                }
                out |> Dense(6)
            }
            """;

    private static final String CLASSIFIER = "model Classifier()(x: f32[b, 4]) -> f32[b, 3] = x |> Dense(3)\n";

    @Test
    void tokenByTokenIsTheWholeModel() {
        compare(writer(true), Map.of(), true);
        compare(RECURRENT, Map.of(), true);
        compare(SPELLER, Map.of("word", Tensor.of(new int[] {1, 5, 2}, 1, 3)), true);
    }

    @Test
    void aModelThatLooksAheadIsRunAsAWhole() {
        compare(writer(false), Map.of(), false);
    }

    @Test
    void aSequenceThatIsTooLongChangesNothing() {
        Generator generator = generator(writer(true), Map.of(), new Random(1));
        for (int i = 0; i < 12; i++) {
            generator.next(i % 9);
        }
        var error = assertThrows(NnException.class, () -> generator.next(3));
        assertEquals("NN0413", error.code());
        assertEquals(12, generator.position());
        generator.restart();
        assertEquals(9, generator.next(1).length);
    }

    @Test
    void whatGrowsIsFound() {
        assertEquals(
                new Generation.Roles("sounds", "out", 6, List.of("word")),
                Generation.roles(program(SPELLER)).orElseThrow());
        assertTrue(Generation.roles(program(CLASSIFIER)).isEmpty());
    }

    private static ModelProgram program(String text) {
        ModelProgram program = FrontEnd.model(
                new SourceFile("writer.nn", text), new TestSources(List.of()), null, Map.of())
                .program();
        assertNotNull(program);
        return program;
    }

    private static void compare(String text, Map<String, Tensor> others, boolean causal) {
        Random random = new Random(5);
        Generator generator = generator(text, others, random);
        assertEquals(causal, generator.isCausal());
        ModelProgram program = program(text);
        var compiled = BackEnd.model(program);
        var memory = new Memory(compiled.apply().image().variables());
        weights(memory, new Random(5));
        var model = new Model(compiled.apply().image(), compiled.apply().load(), memory, Team.of(1));
        String sequence = Generation.roles(program).orElseThrow().sequence();
        int[] tokens = random.ints(10, 0, 6).toArray();
        var distinct = new HashSet<String>();
        for (int i = 0; i < tokens.length; i++) {
            float[] scores = generator.next(tokens[i]);
            var inputs = new HashMap<>(others);
            inputs.put(sequence, Tensor.of(Arrays.copyOf(tokens, i + 1), 1, i + 1));
            float[] whole = model.predict(inputs).get("out").floats();
            assertArrayEquals(
                    Arrays.copyOfRange(whole, whole.length - scores.length, whole.length), scores, 1e-4f, "token " + i);
            distinct.add(Arrays.toString(scores));
        }
        assertTrue(distinct.size() > 5, "scores that do not depend on the tokens prove nothing");
        assertArrayEquals(tokens, generator.tokens());
    }

    private static Generator generator(String text, Map<String, Tensor> others, Random random) {
        ModelProgram program = program(text);
        Generation.Roles roles = Generation.roles(program).orElseThrow();
        GenerationPlan plan = Generation.plan(program, roles);
        var memory = new Memory(plan.variables());
        weights(memory, random);
        var generator = new Generator(plan, memory, Team.of(1));
        generator.begin(others, roles.vocabulary());
        return generator;
    }

    /// Fills the variables by their names, as their order may differ.
    private static void weights(Memory memory, Random random) {
        long seed = random.nextLong();
        for (Variable variable : memory.variables()) {
            var own = new Random(seed ^ variable.name().hashCode());
            float[] values = new float[variable.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) own.nextGaussian() * 0.4f;
            }
            memory.set(variable.name(), values);
        }
    }
}
