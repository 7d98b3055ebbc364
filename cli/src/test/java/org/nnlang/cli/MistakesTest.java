package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The mistakes that everyone makes, from the text of a program to a full disk: each is one message that says what is
/// wrong and what to do, ends with exit code 1, and shows no stack trace.
class MistakesTest {
    private static final String TRAIN = """
            model Net()(x: f32[b, 4]) -> f32[b, 3] = x |> Dense(3)

            train Fit(flowers: Data = csv("iris.csv", label = "species"), lr: Float = 0.01, epochs: Int = 2, batch: Int = 16) {
                val net = Net()
                step (features, label) in flowers.shuffle() {
                    minimize cross_entropy(net(features), label) with SGD(lr)
                }
                checkpoint("out")
            }
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void data() {
        Repository.copySamples(folder, "iris/iris.csv");
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// A program with one thing changed.
    private Path changed(String from, String to) {
        assertTrue(TRAIN.contains(from), from);
        return write("fit.nn", TRAIN.replace(from, to));
    }

    /// What is said must be what stands in the resource `mistakes/NAME.expected`.
    private void assertSays(String name, Object... arguments) {
        Answer answer = Answer.to(arguments);
        String said = (answer.out() + answer.err()).replace(folder.toString(), "FOLDER");
        assertFalse(said.contains("\tat "), said);
        Expected.assertIs("mistakes/" + name, said);
        assertEquals(1, answer.exit());
    }

    private void assertTrainSays(String name, Path program, Object... more) {
        var arguments = new Object[more.length + 4];
        arguments[0] = "train";
        arguments[1] = program;
        arguments[2] = "--output";
        arguments[3] = folder;
        System.arraycopy(more, 0, arguments, 4, more.length);
        assertSays(name, arguments);
    }

    @Test
    void wrongInnerDimension() {
        Path program = write("net.nn", """
                model Net()(x: f32[b, 784]) -> f32[b, 10] {
                    param W: f32[256, 10] ~ glorot_uniform()
                    val h = x |> Dense(128, relu)
                    h @ W
                }
                """);
        assertSays("wrong-inner-dimension", "check", program);
    }

    @Test
    void wrongLabelDtype() {
        assertTrainSays("wrong-label-dtype", changed("label) with", "f32(label)) with"));
    }

    @Test
    void wrongLabelDtypeInTheData() {
        assertTrainSays("wrong-label-dtype-in-the-data", write("fit.nn", TRAIN
                .replace("label = \"species\"", "target = \"petal_width\", ignore = [\"species\"]")
                .replace("f32[b, 4]", "f32[b, 3]")));
    }

    @Test
    void unusedParameter() {
        assertTrainSays("unused-parameter", changed("= x |> Dense(3)", """
                {
                    param W: f32[4, 3] ~ glorot_uniform()
                    param V: f32[4, 3] ~ glorot_uniform()
                    x @ W
                }"""));
    }

    @Test
    void lossThatReachesNoParameter() {
        assertTrainSays("loss-that-reaches-no-parameter",
                changed("cross_entropy(net(features), label)", "mean(features)"));
    }

    @Test
    void lossThatReachesParametersThroughIntegersAlone() {
        assertTrainSays("loss-that-reaches-parameters-through-integers-alone",
                changed("cross_entropy(net(features), label)", "1 - accuracy(net(features), label)"));
    }

    @Test
    void missingFile() {
        assertTrainSays("missing-file", changed("iris.csv", "irsi.csv"));
    }

    @Test
    void missingProgram() {
        write("fit.nn", TRAIN);
        assertSays("missing-program", "check", folder.resolve("fti.nn"));
    }

    @Test
    void truncatedIdx() throws IOException {
        byte[] images = {0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3};
        byte[] labels = {0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 1};
        Path data = Files.createDirectory(folder.resolve("data"));
        for (String part : new String[] {"train", "t10k"}) {
            Files.write(data.resolve(part + "-images-idx3-ubyte"), images);
            Files.write(data.resolve(part + "-labels-idx1-ubyte"), labels);
        }
        assertTrainSays("truncated-idx", write("idx.nn", """
                model Net()(image: f32[b, 2, 2]) -> f32[b, 3] = flatten(image) |> Dense(3)

                train Fit(digits: Data = idx("data"), epochs: Int = 2) {
                    val net = Net()
                    step (image, label) in digits.train { minimize cross_entropy(net(f32(image)), label) with SGD() }
                }
                """));
    }

    @Test
    void textCell() throws IOException {
        String table = Files.readString(folder.resolve("iris.csv"));
        write("iris.csv", table.replaceFirst("\n5.0,", "\nfive,"));
        assertTrainSays("text-cell", write("fit.nn", TRAIN));
    }

    @Test
    void checkpointOfAnotherModel() {
        Path digits = Repository.sample("digits/digits.nn");
        Answer.good("train", digits, "--epochs", 1, "--output", folder);
        Path other = folder.resolve("out/digits/last.safetensors");
        Path program = write("fit.nn", TRAIN);
        assertSays("checkpoint-of-another-model", "run", program, "--checkpoint", other, "--input",
                folder.resolve("iris.csv"));
        assertTrainSays("checkpoint-of-another-model-2", program, "--resume", other);
    }

    @Test
    void checkpointOfTheProgramAsItWasBefore() {
        Answer.good("train", write("fit.nn", TRAIN), "--output", folder);
        assertTrainSays("checkpoint-of-the-program-as-it-was-before", changed("Dense(3)", "Dense(8) |> Dense(3)"),
                "--resume");
    }

    @Test
    void otherHyperparametersThanThoseOfTheCheckpoint() {
        Path program = write("fit.nn", TRAIN);
        Answer.good("train", program, "--output", folder);
        assertTrainSays("other-hyperparameters-than-those-of-the-checkpoint", program, "--resume", "--set", "lr=0.5");
    }

    @Test
    void nothingToResume() {
        assertTrainSays("nothing-to-resume", write("fit.nn", TRAIN), "--resume");
        assertTrainSays("nothing-to-resume-2", changed("    checkpoint(\"out\")\n", ""), "--resume");
    }

    @Test
    void damagedCheckpoint() throws IOException {
        Path program = write("fit.nn", TRAIN);
        Answer.good("train", program, "--output", folder);
        Path last = folder.resolve("out/last.safetensors");
        byte[] whole = Files.readAllBytes(last);
        Files.write(last, Arrays.copyOf(whole, whole.length - 10));
        assertTrainSays("damaged-checkpoint", program, "--resume");
    }

    /// Permissions do not stop who runs as root, so a file stands in the way of the folder.
    @Test
    void outputFolderThatCannotBeWrittenTo() {
        write("blocked", "");
        assertTrainSays("output-folder-that-cannot-be-written-to", changed("\"out\"", "\"blocked/out\""));
        assertTrainSays("output-folder-that-cannot-be-written-to-2", changed("\"out\"", "\"/proc/nn/out\""));
    }

    @Test
    void lossThatIsNotANumber() {
        assertTrainSays("loss-that-is-not-a-number",
                changed("cross_entropy(net(features), label)", "mean(log(net(features)))"));
    }

    @Test
    void lossThatGrowsBeyondAllNumbers() {
        assertTrainSays("loss-that-grows-beyond-all-numbers",
                changed("cross_entropy(net(features), label)", "mse(net(features), one_hot(label, 3))"),
                "--set", "lr=1e6");
    }

    @Test
    void moreClassesThanTheModelTellsApart() {
        assertTrainSays("more-classes-than-the-model-tells-apart", write("fit.nn", TRAIN
                .replace("f32[b, 3]", "f32[b, 2]").replace("Dense(3)", "Dense(2)")));
    }

    @Test
    void tokenThatTheEmbeddingHasNoRowFor() {
        assertTrainSays("token-that-the-embedding-has-no-row-for",
                changed("x |> Dense(3)", "mean(i32(x) |> Embedding(7, 3), axis = 1)"));
        assertSays("token-that-the-embedding-has-no-row-for-2", "test", write("rows.nn", """
                test "rows" {
                    val ids = i32([2.0, 7.0])
                    assert close(ones([3, 2])[ids], 1)
                }
                """));
    }

    @Test
    void missingValueThatReachesTheLoss() throws IOException {
        String table = Files.readString(folder.resolve("iris.csv"));
        write("iris.csv", table.replaceFirst("\n5.0,", "\n,"));
        assertTrainSays("missing-value-that-reaches-the-loss", write("fit.nn", TRAIN));
    }

    /// Permissions do not stop who runs as root.
    @Test
    void filesThatMayNotBeRead() throws IOException {
        Path program = write("fit.nn", TRAIN);
        Path closed = write("closed", TRAIN);
        Files.setPosixFilePermissions(closed, Set.of());
        assumeFalse(Files.isReadable(closed), "this user may read files whose permissions forbid it");
        String way = "\nhelp: make it readable: `chmod +r " + closed + "`\n";
        for (Answer answer : List.of(
                Answer.to("check", closed),
                Answer.to("train", program, "--set", "flowers=csv(\"closed\", label = 0)"),
                Answer.to("run", program, "--checkpoint", closed))) {
            assertTrue(answer.err().contains("its permissions forbid it"), answer::err);
            assertTrue(answer.err().endsWith(way), answer::err);
        }
    }

    @Test
    void moreWeightsThanAnArrayHolds() {
        Path program = write("huge.nn", "model Huge()(x: f32[b, 4]) -> f32[b, 2000000000] = x |> Dense(2000000000)\n");
        assertSays("more-weights-than-an-array-holds", "explain", program);
    }

    @Test
    void severalMistakesAreAllShownOnce() {
        assertSays("several-mistakes-are-all-shown-once", "check", write("several.nn", """
                model Net()(x: f32[b, 4]) -> f32[b, 3] = x |> Dnse(3)

                fun twice(x: f32[n]) -> f32[m] = 2 * x

                fun half(x: f32[n] -> f32[n] = x / 2

                test "half" { assert close(half([2.0]), [1.0]) }

                layer Scale()(x: f32[b, n]) -> f32[b, n] {
                    param s: f32[n]
                    x * s
                """));
    }
}
