package org.nnlang.compiler.incremental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Verifier;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.lower.TestSources;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.pipeline.Passes;
import org.nnlang.compiler.source.SourceFile;

/// Position after position gives what the whole sequence gives.
class IncrementalTest {
    private static final String ATTENTION = """
            layer Attend(heads: Int)(x: f32[b, t, d], memory: f32[b, s, d], causal: Bool = false) -> f32[b, t, d] {
                val width = d / heads
                val query = Dense(d)
                val key = Dense(d)
                val value = Dense(d)
                val q = transpose(reshape(query(x), [b, t, heads, width]), [0, 2, 1, 3])
                val k = transpose(reshape(key(memory), [b, s, heads, width]), [0, 2, 3, 1])
                val v = transpose(reshape(value(memory), [b, s, heads, width]), [0, 2, 1, 3])
                var scores = q @ k / sqrt(width)
                if (causal) { scores = where(lower_triangle(t, s), scores, -inf) }
                reshape(transpose(softmax(scores) @ v, [0, 2, 1, 3]), [b, t, d]) |> Dense(d)
            }
            """;

    private static final String GPT = ATTENTION + """
            layer Block(heads: Int)(x: f32[b, t, d]) -> f32[b, t, d] {
                val attend = Attend(heads)
                x |> Residual { y -> val n = LayerNorm()(y); attend(n, n, causal = true) }
                  |> Residual { y -> y |> LayerNorm() |> Dense(2 * d, gelu) |> Dense(d) }
            }
            model Gpt(vocab: Int = 11, depth: Int = 2, width: Int = 8)(tokens: i32[b, t]) -> f32[b, t, vocab] {
                param positions: f32[16, width] ~ normal(stddev = 0.5)
                var h = Embedding(vocab, width)(tokens) + positions[:t]
                for (i in 0..<depth) { h = Block(2)(h) }
                h |> LayerNorm() |> Dense(vocab)
            }
            """;

    private static final String TRANSLATOR = ATTENTION + """
            model Translator(width: Int = 8)(source: i32[b, s], target: i32[b, t]) -> f32[b, t, 7] {
                val from = Embedding(5, width)(source)
                val memory = from + Attend(2)(from, from)
                val to = Embedding(7, width)(target)
                val h = to + Attend(2)(to, to, causal = true)
                h + Attend(2)(h, memory) |> Dense(7)
            }
            """;

    /// Adds what came before a position to it: a sum over positions, which no row alone can give.
    private static final String RUNNING = """
            model Running()(tokens: i32[b, t]) -> f32[b, t, 4] {
                val h = Embedding(6, 4)(tokens)
                val before = where(lower_triangle(t, t), 1.0, 0.0)
                before @ h |> Dense(4, tanh)
            }
            """;

    @Test
    void aLanguageModelKeepsKeysAndValues() {
        var split = check(GPT, "tokens", Map.of());
        assertEquals(4, split.caches().size(), "keys and values of two blocks");
        assertTrue(split.context().outputs().isEmpty());
        for (Node node : split.step().nodes()) {
            if (node.form() instanceof Form.Contract) {
                assertTrue(
                        node.shape().dims().stream().filter(dim -> !dim.isConstant()).count() <= 2,
                        () -> "one position's work: " + node);
            }
        }
    }

    @Test
    void anEncoderRunsOnce() {
        var split = check(TRANSLATOR, "target", Map.of("source", new double[] {1, 4, 0, 2, 2}));
        assertEquals(2, split.caches().size(), "keys and values of the decoder's own attention");
        assertEquals(2, split.context().outputs().size(), "keys and values of the encoder");
        assertTrue(split.step().inputs().stream()
                .noneMatch(input -> ((Form.Input) input.form()).name().equals("source")));
    }

    @Test
    void whatNeedsAllPositionsGetsThem() {
        check(RUNNING, "tokens", Map.of());
    }

    private static Incremental check(String text, String sequence, Map<String, double[]> others) {
        ModelProgram program = FrontEnd.model(
                new SourceFile("model.nn", text), new TestSources(List.of()), null, Map.of())
                .program();
        assertNotNull(program);
        Procedure apply = program.apply();
        var split = Incremental.of(apply, sequence, 1);
        verify(split.step());
        verify(split.context());
        var variables = new HashMap<String, double[]>();
        var random = new Random(7);
        for (Node node : apply.nodes()) {
            if (node.form() instanceof Form.Variable(var name, _, var type)) {
                variables.put(name, random(Math.toIntExact(type.shape().size().constant()), random));
            }
        }
        int positions = 6;
        double[] tokens = new double[positions];
        for (int i = 0; i < positions; i++) {
            tokens[i] = random.nextInt(5);
        }
        var inputs = new HashMap<String, double[]>(others);
        inputs.put(sequence, tokens);
        double[] whole = Interpreter.run(apply, bindings(positions, inputs, variables)).outputs().get("out");
        int width = whole.length / positions;

        var kept = new HashMap<>(Interpreter.run(split.context(), bindings(positions, others, variables)).outputs());
        split.caches().forEach(cache -> kept.put(cache.input(), new double[0]));
        Procedure optimised = Passes.run(split.step());
        for (int position = 0; position < positions; position++) {
            var given = new HashMap<String, double[]>(kept);
            given.put(sequence, new double[] {tokens[position]});
            var results = Interpreter.run(
                    position % 2 == 0 ? split.step() : optimised,
                    new Bindings(
                            Map.of("b", 1L, "s", 5L, split.position(), (long) position), given, variables,
                            IncrementalTest::noDraws));
            double[] row = results.outputs().get("out");
            for (int i = 0; i < width; i++) {
                assertEquals(whole[position * width + i], row[i], 1e-9, "position " + position);
            }
            for (Incremental.Cache cache : split.caches()) {
                kept.put(cache.input(), joined(kept.get(cache.input()), results.outputs().get(cache.output())));
            }
        }
        return split;
    }

    /// Builds the procedure again, so that every type is inferred anew, and verifies it.
    private static void verify(Procedure procedure) {
        var graph = new Graph();
        var copies = new HashMap<Node, Node>();
        for (Node node : procedure.nodes()) {
            copies.put(node, graph.node(node.form(), node.inputs().stream().map(copies::get).toList()));
        }
        Verifier.verify(
                "incremental",
                graph,
                new Procedure(
                        procedure.name(),
                        procedure.inputs().stream().map(copies::get).toList(),
                        procedure.outputs().stream()
                                .map(output -> new Procedure.Output(output.name(), copies.get(output.node())))
                                .toList(),
                        List.of()));
    }

    private static Bindings bindings(int positions, Map<String, double[]> inputs, Map<String, double[]> variables) {
        return new Bindings(
                Map.of("b", 1L, "t", (long) positions, "s", 5L), inputs, variables, IncrementalTest::noDraws);
    }

    private static double[] joined(double[] first, double[] second) {
        var all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static double[] noDraws(Form.Distribution distribution, long stream, int count) {
        throw new AssertionError("a trained model draws nothing");
    }

    private static double[] random(int size, Random random) {
        return random.doubles(size).map(value -> value * 2 - 1).toArray();
    }
}
