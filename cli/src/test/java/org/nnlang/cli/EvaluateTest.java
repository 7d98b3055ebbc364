package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.json.Json;

/// `nn evaluate`, and the `test` of a `train`.
class EvaluateTest {
    private static final String PROGRAM = """
            model Net(width: Int, squash: Bool)(x: f32[b, 4]) -> f32[b, 3] =
                x |> Dense(width, if squash { tanh } else { relu }) |> Dense(3)

            train Species(
                flowers: Data = csv("iris.csv", label = "species"),
                width: Int = 4,
                lr: Schedule = 0.1,
                widths: List<Int> = [4],
                activation: String = "tanh",
                epochs: Int = 3,
                batch: Int = 16,
                seed: Int = 1
            ) {
                val (learn, held_out, unseen) = flowers.standardize().split(0.6, 0.2)
                val net = Net(width + widths[0], activation == "tanh")
                step (features, label) in learn.shuffle() {
                    minimize cross_entropy(net(features), label) with Adam(lr)
                }
                validate (features, label) in held_out {
                    report accuracy(net(features), label)
                }
                test (features, label) in unseen {
                    val logits = net(features)
                    report loss = cross_entropy(logits, label)
                    report Recall(1)(logits, label)
                }
                checkpoint("out", highest = validate.accuracy)
            }
            """;

    @TempDir
    private Path folder;

    private Path program = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Repository.copySamples(folder, "iris/iris.csv");
        program = Files.writeString(folder.resolve("species.nn"), PROGRAM);
    }

    private static Object[] and(Object[] more, Object... first) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray();
    }

    private Json train(Object... more) {
        return Answer.good(and(more, "train", program, "--output", folder, "--json")).objects()
                .getLast();
    }

    private Json evaluate(Object... more) {
        return Answer.good(and(more, "evaluate", program, "--checkpoint", folder.resolve("out"), "--json"))
                .objects().getLast();
    }

    private Answer refused(Object... more) {
        return Answer.to(and(more, "evaluate", program, "--checkpoint", folder.resolve("out")));
    }

    /// The checkpoint tells the hyper-parameters of the training: seed and shapes, a rate that is an expression, a list, a text.
    @Test
    void aCheckpointIsJudgedAsItsTrainingJudgedIt() {
        Json trained = train("--set", "width=5", "--set", "seed=7", "--set", "batch=9", "--set", "lr=cosine(0.1, 20)",
                "--set", "widths=[3, 2]", "--set", "activation=\"relu\"");
        Json found = evaluate();
        assertEquals(trained.get("best_epoch"), found.get("epoch"));
        assertEquals(trained.get("validate"), found.get("validate"));
        assertEquals(trained.get("test"), found.get("test"));
        assertEquals(List.of("loss", "recall"), List.copyOf(found.get("test").members().keySet()));
        assertEquals(found, evaluate("--threads", "2"));
        Answer text = Answer.good("evaluate", program, "--checkpoint", folder.resolve("out"));
        assertEquals("Species after epoch " + found.get("epoch") + ", "
                + folder.resolve("out/best.safetensors"), text.lines().getFirst());
        assertTrue(text.lines().get(1).matches("validate  accuracy [0-9.]+  of 30 examples"), text::toString);
        assertTrue(text.lines().get(2).matches("test      loss [0-9.]+  recall [0-9.]+  of 30 examples"),
                text::toString);
    }

    @Test
    void aTestStandsInTheLastLineOfATraining() {
        Answer answer = Answer.good("train", program, "--output", folder);
        assertTrue(answer.lines().getFirst().contains(", 90 examples, 30 to validate, 30 to test, "), answer::toString);
        assertTrue(answer.out().lines().anyMatch(
                line -> line.matches(
                        "done after .*: best epoch \\d, validate accuracy [0-9.]+, test loss [0-9.]+  recall [0-9.]+")),
                answer::toString);
    }

    @Test
    void otherDataAreOnlyTakenWhereTheyAreAskedFor() throws IOException {
        train();
        String table = Files.readString(folder.resolve("iris.csv"));
        Files.writeString(folder.resolve("other.csv"), table);
        Files.writeString(program, PROGRAM.replace("iris.csv", "other.csv"));
        Answer refused = refused();
        assertEquals(1, refused.exit());
        assertTrue(refused.err().startsWith("error[NN0806]"), refused::toString);
        assertTrue(refused.err().contains("--set 'flowers=…'"), refused::toString);
        // The same examples under another name are the same.
        Json found = evaluate("--set", "flowers=csv(\"" + folder.resolve("other.csv").toString().replace("\\", "/")
                + "\", label = \"species\")");
        Files.writeString(program, PROGRAM);
        assertEquals(found, evaluate());
    }

    @Test
    void whatMakesNoSenseIsRefused() throws IOException {
        train();
        Answer nothing = Answer.to("evaluate", program);
        assertEquals(2, nothing.exit());
        assertTrue(nothing.err().contains("--checkpoint"), nothing::toString);
        String table = Files.readString(folder.resolve("iris.csv"));
        Files.writeString(folder.resolve("iris.csv"), table.replace("setosa", "zetosa"));
        Answer names = refused();
        assertEquals(1, names.exit());
        assertTrue(names.err().startsWith("error[NN0806]"), names::toString);
        assertTrue(names.err().contains("versicolor, virginica, zetosa"), names::toString);
        Files.writeString(folder.resolve("iris.csv"), table);
        Answer wide = refused("--set", "width=9");
        assertTrue(wide.err().contains("of another shape are"), wide::toString);
        Files.writeString(program, PROGRAM.replace("train Species", "train Flowers"));
        assertTrue(refused().err().contains("--train Species"), () -> refused().toString());
    }
}
