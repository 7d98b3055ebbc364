package org.nnlang;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.Dataset;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.Evaluation;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingResult;

class ProgramTest {
    /// Tells points left of a line from those right of it, far from where a fresh network looks.
    private static final String SIDES = """
            model Side(width: Int = 4)(x: f32[b, 2]) -> f32[b, 2] = x |> Dense(width, tanh) |> Dense(2)

            train Sides(points: Data, width: Int = 8, epochs: Int = 40, batch: Int = 16, seed: Int = 3) {
                val (learn, held_out) = points.standardize().split(0.75)
                val net = Side(width)
                step (x, label) in learn.shuffle() {
                    val logits = net(x)
                    minimize cross_entropy(logits, label) with Adam(0.05)
                    report accuracy(logits, label)
                }
                validate (x, label) in held_out { report accuracy(net(x), label) }
                checkpoint("kept", highest = validate.accuracy)
            }
            """;

    @TempDir
    private Path folder;

    record Point(float x, float y) {
        boolean right() {
            return x > 1000;
        }
    }

    private static Stream<Point> points() {
        return IntStream.range(0, 120).mapToObj(i -> new Point(940 + i, -500 + (i * 37) % 91));
    }

    private static Dataset dataset() {
        return Dataset.rows(points()).floats("x", point -> new float[] {point.x(), point.y()}, 2)
                .label("label", point -> point.right() ? 1 : 0).build();
    }

    private static boolean right(Model model, float x) {
        Tensor logits = model.predict(Map.of("x", Tensor.of(new float[] {x, -470}, 1, 2))).get("out");
        return logits.get(1) > logits.get(0);
    }

    @Test
    void aTrainingLearnsFromObjectsAndItsModelTakesTheirUnits() {
        Program program = Program.of(SIDES);
        assertEquals(List.of(), program.check());
        assertEquals(List.of("Sides"), program.trainings());
        assertEquals(List.of("Side"), program.models());

        var events = new ArrayList<String>();
        Trained trained = program.training().data("points", dataset()).output(folder).threads(1)
                .listen(new TrainingListener() {
                    @Override
                    public void started(Started event) {
                        events.add("started with " + event.examples());
                    }

                    @Override
                    public void finished(TrainingResult result) {
                        events.add("finished after " + result.epochs());
                    }
                }).run();

        assertEquals(List.of("started with 90", "finished after 40"), events);
        assertTrue(trained.result().validate().get("accuracy") > 0.9);
        Model model = trained.model();
        assertFalse(right(model, 950), "standardised like the training's data");
        assertTrue(right(model, 1050));

        Path saved = folder.resolve("side.safetensors");
        trained.save(saved);
        for (Model again : List.of(program.model("Side", saved), program.model("Side", folder.resolve("kept")))) {
            Tensor input = Tensor.of(new float[] {950, -470, 1050, -480}, 2, 2);
            assertEquals(model.predict(Map.of("x", input)), again.predict(Map.of("x", input)));
            assertArrayEquals(new float[] {950, -470, 1050, -480}, input.floats(), "the caller's numbers stay");
        }
    }

    @Test
    void equalDataGiveEqualBitsHoweverTheyAreMadeAndComputed() {
        List<Point> points = points().toList();
        float[] xs = new float[240];
        int[] labels = new int[120];
        for (int i = 0; i < 120; i++) {
            xs[2 * i] = points.get(i).x();
            xs[2 * i + 1] = points.get(i).y();
            labels[i] = points.get(i).right() ? 1 : 0;
        }
        Dataset columns = Dataset.columns().floats("x", xs, 2).labels("label", labels).build();
        Trained one = Program.of(SIDES).training().data("points", columns).set("epochs", 3).output(folder).threads(1)
                .run();
        Trained other = Program.of(SIDES).training().data("points", dataset()).set("epochs", 3)
                .output(folder.resolve("other")).threads(2).run();
        assertEquals(one.checkpoint().tensors(), other.checkpoint().tensors());
    }

    @Test
    void anInterruptedRunGoesOnAsIfNothingHadBeen() {
        Trained whole = Program.of(SIDES).training().data("points", dataset()).set("epochs", 6)
                .output(folder.resolve("whole")).run();
        Training first = Program.of(SIDES).training().data("points", dataset()).set("epochs", 6).output(folder);
        Trained half = first.listen(new TrainingListener() {
            @Override
            public void epochEnded(EpochEnded event) {
                if (event.epoch() == 2) {
                    first.interrupt();
                }
            }
        }).run();
        assertEquals(TrainingResult.Ending.INTERRUPTED, half.result().ending());
        Trained rest = Program.of(SIDES).training().data("points", dataset()).set("epochs", 6).output(folder).resume()
                .run();
        assertEquals(6, rest.result().epochs());
        assertEquals(whole.checkpoint().tensors(), rest.checkpoint().tensors());
    }

    @Test
    void aCheckpointIsJudgedAgain() {
        String tested = SIDES.replace(
                "    checkpoint(",
                "    test (x, label) in held_out { report error = 1 - accuracy(net(x), label) }\n    checkpoint(");
        Trained trained = Program.of(tested).training().data("points", dataset())
                .set("epochs", 5).set("width", 3).set("seed", 9).output(folder).run();
        TrainingResult result = trained.result();
        assertEquals(List.of("error"), List.copyOf(result.test().keySet()));
        Evaluation found = Program.of(tested).training()
                .data("points", dataset()).threads(1).evaluate(folder.resolve("kept"));
        assertEquals(new Evaluation(result.validate(), result.test()), found);
        assertEquals(result.validate(),
                Program.of(SIDES).training().data("points", dataset()).evaluate(folder.resolve("kept")).validate());
    }

    @Test
    void partsAreNamedByTheProgram() {
        Program program = Program.of("""
                train Sum(numbers: Data, epochs: Int = 1) {
                    val net = Dense(1)
                    step (x, y) in numbers.train { minimize mse(net(x), y) with SGD(0.01) }
                    validate (x, y) in numbers.test { report mse(net(x), y) }
                }
                """);
        Dataset train = Dataset.columns().floats("x", new float[6], 2).floats("y", new float[3], 1).build();
        Dataset test = Dataset.columns().floats("x", new float[][] {{1, 2}}).floats("y", new float[] {3}, 1).build();
        var sizes = new ArrayList<Integer>();
        program.training().data("numbers", Map.of("train", train, "test", test)).listen(new TrainingListener() {
            @Override
            public void started(Started event) {
                sizes.add(event.examples());
                sizes.add(event.validationExamples());
            }
        }).run();
        assertEquals(List.of(3, 1), sizes);
    }

    @Test
    void mistakesSayWhatToDo() {
        Program wrong = Program.of("model M()(x: f32[b, 3]) -> f32[b, 2] = x |> Dense(4)\n");
        assertEquals("NN0215", wrong.check().getFirst().code().id());
        var thrown = assertThrows(ProgramException.class, () -> wrong.model().untrained(1));
        assertTrue(thrown.getMessage().contains("program.nn:1:"), thrown::getMessage);

        var unset = assertThrows(ProgramException.class, () -> Program.of(SIDES).training().run());
        assertTrue(unset.getMessage().contains("`Sides` needs a value for `points`"), unset::getMessage);

        var unknown = assertThrows(
                ProgramException.class,
                () -> Program.of(SIDES).training().data("points", dataset()).set("epoch", 3).run());
        assertTrue(unknown.getMessage().contains("did you mean `epochs`?"), unknown::getMessage);

        assertTrue(unknown.getMessage().contains("--> setting \"epoch\":1:1\n"), unknown::getMessage);
        var misfit = assertThrows(
                ProgramException.class,
                () -> Program.of(SIDES).training().data("points", dataset()).set("width", "wide").run());
        assertTrue(misfit.getMessage().contains("--> setting \"width\":1:13\n"), misfit::getMessage);
        assertTrue(misfit.getMessage().contains("val width = \"wide\""), misfit::getMessage);

        var several = assertThrows(
                ProgramException.class,
                () -> Program.of("train A(steps: Int = 1) {}\ntrain B(steps: Int = 1) {}\n").training().run());
        assertTrue(several.getMessage().contains("in Java `.training(\"NAME\")`"), several::getMessage);

        var strange = assertThrows(
                IllegalArgumentException.class, () -> Program.of(SIDES).training().set("width", new Object()));
        assertTrue(strange.getMessage().contains("expression(\"width\", \"…\")"), strange::getMessage);

        Model loaded = Program.of("model Twice()(x: f32[b, 2]) = 2 * x\n").model().untrained(1);
        assertEquals("Twice", loaded.name());
        var input = assertThrows(
                NnException.class, () -> loaded.predict(Map.of("x", Tensor.of(new float[] {1, 2, 3}, 1, 3))));
        assertTrue(input.getMessage().contains("`x` of `Twice` is f32[b, 2]"), input::getMessage);

        Dataset wide = Dataset.columns().floats("x", new float[9], 3).labels("label", new int[] {0, 1, 1}).build();
        var shape = assertThrows(
                ProgramException.class, () -> Program.of(SIDES).training().data("points", wide).run());
        assertTrue(shape.getMessage().contains("f32[batch, 3]"), shape::getMessage);

        assertEquals(
                "NN0851",
                assertThrows(NnException.class, () -> Program.resource("nowhere.nn", getClass().getClassLoader()))
                        .code());
    }

    /// What cannot be read is a mistake of the line that names it, and the others are looked at.
    @Test
    void pathsThatLeadToNoTextAreMistakes() throws IOException {
        Files.write(folder.resolve("bytes.nn"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        Path main = Files.writeString(folder.resolve("main.nn"), """
                import "."
                import "bytes.nn"
                import "no\\u0000path.nn"
                train T(data: Data = csv("no\\u0000path.csv", label = "kind"), epochs: Int = 1) {
                    step (x, label) in data { minimize cross_entropy(Dense(3)(x), label) with Adam() }
                }
                val a = b
                """);
        assertEquals(
                List.of("NN0851 1", "NN0851 2", "NN0851 3", "NN0851 4", "NN0301 7"),
                Program.load(main).check().stream()
                        .map(each -> each.code().id() + " " + each.primary().line()).toList());
    }

    @Test
    void dataThatNobodyHandedInAreMissed() {
        Program program = Program.of("""
                train T(d: Data = given("d"), epochs: Int = 1) {
                    val net = Dense(1)
                    step (x, y) in d { minimize mse(net(x), y) with SGD(0.01) }
                }
                """);
        assertEquals("NN0730", program.check().getFirst().code().id());
        assertThrows(ProgramException.class, () -> program.training().run());
    }

    @Test
    void aProgramOfTheClassPathImportsWhatLiesBesideIt() throws IOException {
        Path modules = Files.createDirectories(folder.resolve("com/example/parts"));
        Files.writeString(modules.resolve("scale.nn"), "fun scale(x: f32[...s]) -> f32[...s] = 3 * x\n");
        Files.writeString(modules.resolveSibling("net.nn"), """
                import "./parts/scale.nn"
                model Net()(x: f32[b, 2]) -> f32[b, 2] = scale(x)
                """);
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Model net = Program.resource("com/example/net.nn", loader).model().untrained(0);
            Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
            assertArrayEquals(new float[] {3, 6}, net.predict(Map.of("x", x)).get("out").floats());
        }
    }

    @Test
    void settingsAreWrittenAsTheLanguageDoes() {
        Program program = Program.of("""
                model M(n: Int = 1, rate: Float = 0, on: Bool = false, word: String = "", sizes: List<Int> = [])
                       (x: f32[b]) -> f32[b] {
                    require n == 7 && rate == 1e-9 && on && word == "a\\"\\$b\\n" && len(sizes) == 2 : "set"
                    x
                }
                """);
        assertThrows(ProgramException.class, () -> program.model().untrained(0));
        program.model().set("n", 7).set("rate", 1e-9).set("on", true).set("word", "a\"$b\n")
                .set("sizes", List.of(1, 2)).untrained(0);
        program.model().set("n", 7L).expression("rate", "10 ^ -9").set("on", true).set("word", "a\"$b\n")
                .set("sizes", List.of(1, 2));
    }
}
