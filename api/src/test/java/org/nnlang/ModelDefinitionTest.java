package org.nnlang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// A model written in Java is the one in the language: its intermediate representation is.
class ModelDefinitionTest {
    private static final Size BATCH = Size.named("batch");
    private static final Fn RELU = Fn.named("relu");

    /// The model's representation: its variables, their first values, what it computes.
    private static String ir(Program program, String model) {
        ModelProgram made = Program.require(FrontEnd.model(program.source(), program.sources(), model, Map.of()));
        return made.variables() + "\n" + IrText.print(made.init()) + IrText.print(made.apply());
    }

    private static void same(String source, ModelDefinition definition) {
        assertEquals(List.of(), definition.program().check(), definition::source);
        assertEquals(
                ir(Program.of(source), definition.name()), ir(definition.program(), definition.name()),
                definition::source);
    }

    @Test
    void aStackOfLayers() {
        Value x = Value.input("x", BATCH, Size.of(784));
        Value logits = x.then(Fn.layer("Dense", 128, RELU)).then(Fn.layer("Dropout", 0.2)).then(Fn.layer("Dense", 10));
        ModelDefinition digits = ModelDefinition.of("Digits", List.of(x), logits);
        String source = """
                model Digits()(x: f32[batch, 784]) = x |> Dense(128, relu) |> Dropout(0.2) |> Dense(10)
                """;
        assertEquals(source, digits.source());
        same(source, digits);
    }

    @Test
    void whatIsUsedTwiceIsComputedOnce() {
        Value x = Value.input("x", BATCH, Size.of(8));
        Value h = x.then(Fn.layer("Dense", 8));
        Fn shared = Fn.layer("Dense", 8).with("bias", false);
        Value y = h.plus(h.times(2)).then(shared).minus(h.then(shared));
        same("""
                model Twice()(x: f32[batch, 8]) {
                    val dense = Dense(8)(x)
                    val dense2 = Dense(8, bias = false)
                    ((dense + dense * 2) |> dense2) - (dense |> dense2)
                }
                """, ModelDefinition.of("Twice", List.of(x), y));
    }

    @Test
    void names() {
        Value x = Value.input("x", BATCH, Size.of(8));
        Fn hidden = Fn.layer("Dense", 4, RELU).bound("hidden");
        ModelDefinition named = ModelDefinition.of("Names", List.of(x), x.then(hidden).named("features").then(RELU));
        same("""
                model Names()(x: f32[batch, 8]) {
                    val hidden = Dense(4, relu)
                    val features = hidden(x)
                    relu(features)
                }
                """, named);
        assertTrue(ir(named.program(), "Names").contains("hidden.W"), named::source);
    }

    @Test
    void functionsWrittenInJava() {
        Size t = Size.named("t");
        Value x = Value.input("x", BATCH, t, Size.of(6));
        Value twice = x.times(2);
        Fn block = Fn.layer("Residual", Fn.of(y -> {
            Value normal = y.then(Fn.layer("LayerNorm"));
            return normal.then(Fn.layer("Dense", 6, Fn.named("gelu"))).plus(normal).plus(twice);
        }));
        Fn deep = Fn.layer("Stacked", 2, Fn.of(1, i -> Fn.layer("LSTM", 6)));
        same("""
                model Blocks()(x: f32[batch, t, 6]) {
                    val twice = x * 2
                    x |> Residual { y ->
                        val normal = y |> LayerNorm()
                        (normal |> Dense(6, gelu)) + normal + twice
                    } |> Stacked(2) { i -> LSTM(6) }
                }
                """, ModelDefinition.of("Blocks", List.of(x), x.then(block).then(deep)));
    }

    @Test
    void aFunctionWrittenInJavaIsWrittenOutWhereItIsApplied() {
        Value x = Value.input("x", BATCH, Size.of(6));
        Fn shared = Fn.layer("Dense", 6).bound("shared");
        Fn both = Fn.of(y -> y.then(Fn.layer("Dense", 6)).then(shared));
        same("""
                model Twice()(x: f32[batch, 6]) {
                    val shared = Dense(6)
                    x |> Dense(6) |> shared |> Dense(6) |> shared
                }
                """, ModelDefinition.of("Twice", List.of(x), both.call(x.then(both))));
    }

    @Test
    void operatorsBindAsInTheLanguage() {
        Value a = Value.input("a", BATCH, Size.of(3));
        Value b = Value.input("b", BATCH, Size.of(3));
        Value y = a.minus(b.minus(a.unaryMinus())).div(a.plus(1).times(b.div(a))).pow(b.pow(2))
                .plus(a.pow(2).unaryMinus().pow(3)).minus(-1.5);
        same("""
                model Sums()(a: f32[batch, 3], b: f32[batch, 3]) =
                    ((a - (b - (-a))) / ((a + 1) * (b / a)))^(b^2) + (-(a^2))^3 - (-1.5)
                """, ModelDefinition.of("Sums", List.of(a, b), y));
    }

    @Test
    void slicesPartsAndSeveralOutputs() {
        Size t = Size.named("t");
        Value tokens = Value.input("tokens", DType.I32, BATCH, t);
        Value run = tokens.then(Fn.layer("Embedding", 50, 8)).then(Fn.layer("LSTM", 4).with("reversed", true));
        var outputs = new LinkedHashMap<String, Value>();
        outputs.put("first", run.part("out").get(0));
        outputs.put("rest", Value.concat(-1, run.part("out").slice("...", "1:"), run.part("out").slice("...", ":-1")));
        same("""
                model Reader()(tokens: i32[batch, t]) -> (first: f32[t, 4], rest: f32[batch, t, 6]) {
                    val lstm = tokens |> Embedding(50, 8) |> LSTM(4, reversed = true)
                    (lstm.out[0], concat([lstm.out[..., 1:], lstm.out[..., :-1]], axis = -1))
                }
                """, ModelDefinition.of("Reader", List.of(tokens), outputs));
    }

    @Test
    void sizesMayDependOnSizes() {
        Size d = Size.named("d");
        Value x = Value.input("x", BATCH, d.times(2).plus(1));
        Value memory = Value.input("memory", BATCH, d);
        same("""
                model Sizes()(x: f32[batch, 2 * d + 1], memory: f32[batch, d]) = x * sum(memory)
                """, ModelDefinition.of("Sizes", List.of(x, memory), x.times(Fn.named("sum").call(memory))));
    }

    @Test
    void hyperparameters() {
        Size width = Size.hyperparameter("width", 16);
        Size features = Size.hyperparameter("features", 3);
        Value x = Value.input("x", BATCH, features);
        ModelDefinition wide = ModelDefinition.of(
                "Wide", List.of(x), x.then(Fn.layer("Dense", width.times(2))).then(Fn.layer("Dense", width)));
        same("""
                model Wide(features: Int = 3, width: Int = 16)(x: f32[batch, features]) = x |> Dense(width * 2) |> Dense(width)
                """, wide);
        Tensor out = wide.program().model().set("width", 5).untrained(1)
                .predict(Map.of("x", Tensor.of(new float[3], 1, 3))).get("out");
        assertEquals(5, out.size());
    }

    @Test
    void aDeepModelIsRead() {
        Value x = Value.input("x", BATCH, Size.of(2));
        Value y = x;
        for (int i = 0; i < 3000; i++) {
            y = y.plus(1);
        }
        assertEquals(List.of(), ModelDefinition.of("Deep", List.of(x), y).program().check());
    }

    @Test
    void itTrainsAndAnswers() {
        Value x = Value.input("x", BATCH, Size.of(2));
        ModelDefinition line = ModelDefinition.of("Line", List.of(x), x.then(Fn.layer("Dense", 1)))
                .documented("A line.\n\nTwo weights.");
        Program program = line.program("""
                train Fit(steps: Int = 3) {
                    val net = Line()
                    step {
                        minimize mse(net(ones([4, 2])), zeros([4, 1])) with SGD(0.1)
                    }
                }
                """);
        Tensor out = program.training().threads(1).run().model("Line")
                .predict(Map.of("x", Tensor.of(new float[] {1, 1}, 1, 2))).get("out");
        assertEquals(1, out.size());
        assertTrue(line.source().startsWith("/// A line.\n///\n/// Two weights.\nmodel Line"));
    }

    @Test
    void mistakesSayWhatToDo() {
        Value x = Value.input("x", BATCH, Size.of(2));
        Value other = Value.input("other", BATCH);
        List<Value> inputs = List.of(x);
        says("`Two` computes with an input `other`", () -> ModelDefinition.of("Two", inputs, x.plus(other)));
        says("`x + x` is no input", () -> ModelDefinition.of("Two", List.of(x.plus(x)), x));
        says("two inputs are called `x`", () -> ModelDefinition.of("Two", List.of(x, Value.input("x")), x));
        says("a parameter of a function, which means nothing outside", () -> {
            var leaked = new ArrayList<Value>();
            Fn.of(y -> {
                leaked.add(y);
                return y;
            });
            ModelDefinition.of("Leak", inputs, x.plus(leaked.getFirst()));
        });
        says("inputs or hyper-parameters of `Two` are called `n`", () -> ModelDefinition.of(
                "Two", inputs, x.times(Size.hyperparameter("n", 2)).times(Size.hyperparameter("n", 3))));
        says("is no name", () -> Fn.named("Dense(3)"));
        says("is a word of the language", () -> Value.input("val", BATCH));
        says("is no part of a slice", () -> x.slice("1,2"));
        says("has no hyper-parameters", () -> RELU.with("bias", true));
        says("takes numbers, booleans, texts", () -> Fn.layer("Dense", new Object()));
        ProgramException unknown = assertThrows(
                ProgramException.class,
                () -> ModelDefinition.of("Misspelt", inputs, x.then(Fn.layer("Dens", 3))).program().model()
                        .untrained(1));
        assertTrue(unknown.getMessage().contains("did you mean `Dense`?"), unknown.getMessage());
        assertTrue(unknown.getMessage().contains("Misspelt.nn"), unknown.getMessage());
    }

    private static void says(String text, org.junit.jupiter.api.function.Executable mistake) {
        String message = assertThrows(IllegalArgumentException.class, mistake).getMessage();
        assertTrue(message.contains(text), message);
    }
}
