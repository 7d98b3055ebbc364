package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small model learns a rhyme and says it.
class GenerateTest {
    private static final String RHYME = "one two buckle my shoe, three four open the door. ";

    private static final String PROGRAM = """
            layer Attend()(x: f32[b, t, d]) -> f32[b, t, d] {
                val scores = Dense(d)(x) @ transpose(Dense(d)(x)) / sqrt(d)
                softmax(where(lower_triangle(t, t), scores, -inf)) @ Dense(d)(x)
            }

            model Writer(vocab: Int, width: Int = 32)(tokens: i32[b, t]) -> f32[b, t, vocab] {
                require t <= 24 : "there are 24 positions"
                param positions: f32[24, width] ~ normal(stddev = 0.1)
                val h = Embedding(vocab, width)(tokens) + positions[:t]
                h |> Residual { y -> y |> LayerNorm() |> Attend() }
                  |> Residual { y -> y |> LayerNorm() |> Dense(2 * width, gelu) |> Dense(width) }
                  |> Dense(vocab)
            }

            model Classifier()(x: f32[b, 4]) -> f32[b, 3] = x |> Dense(3)

            train Rhyme(text: Data = chars("rhyme.txt", window = 24), steps: Int = 120, batch: Int = 16, seed: Int = 1) {
                val net = Writer(text.vocabulary)
                step (x, y) in text.train.shuffle() {
                    minimize cross_entropy(net(x), y) with Adam(1e-2)
                }
                checkpoint("out")
            }
            """;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void train() throws IOException {
        Files.writeString(folder.resolve("rhyme.txt"), RHYME.repeat(20));
        Files.writeString(folder.resolve("rhyme.nn"), PROGRAM);
        Answer.good("train", folder.resolve("rhyme.nn"), "--output", folder, "--threads", "1");
    }

    private static Answer generate(Object... more) {
        return Answer.to(Stream.concat(
                Stream.of(
                        "generate", folder.resolve("rhyme.nn"), "--model", "Writer", "--checkpoint",
                        folder.resolve("out")),
                Stream.of(more))
                .toArray());
    }

    @Test
    void whatWasLearntIsSaidBeyondTheContext() {
        // 80 characters are more than the 24 that the model sees at once.
        Answer answer = generate("--prompt", "one two buckle", "--tokens", 80, "--temperature", 0);
        assertEquals(0, answer.exit(), answer.err());
        String expected = RHYME.repeat(3).substring(0, "one two buckle".length() + 80);
        assertEquals(expected + System.lineSeparator(), answer.out());
    }

    @Test
    void aSeedChoosesTheText() {
        String first = generate("--prompt", "o", "--temperature", 3, "--seed", 5).out();
        assertEquals(first, generate("--prompt", "o", "--temperature", 3, "--seed", 5, "--threads", 2).out());
        assertNotEquals(first, generate("--prompt", "o", "--temperature", 3, "--seed", 6).out());
        assertEquals(1 + 200 + System.lineSeparator().length(), first.length());
    }

    @Test
    void mistakesAreNamed() {
        assertAll(
                () -> mistake(2, "something to go on from"),
                () -> mistake(2, "--top-p", "--prompt", "o", "--top-p", 0),
                () -> mistake(2, "no other input `source`", "--prompt", "o", "--input", "source=x"),
                () -> mistake(1, "NN0716", "--prompt", "€"),
                () -> mistake(1, "NN0413", "--prompt", "one two", "--context", 40, "--tokens", 60),
                () -> {
                    Answer answer = Answer.to(
                            "generate", folder.resolve("rhyme.nn"), "--model", "Classifier", "--checkpoint",
                            folder.resolve("out"), "--prompt", "o");
                    assertEquals(1, answer.exit());
                    assertTrue(answer.err().contains("NN0824"), answer.err());
                });
    }

    private static void mistake(int code, String message, Object... arguments) {
        Answer answer = generate(arguments);
        assertEquals(code, answer.exit(), answer.out());
        assertTrue(answer.err().contains(message), answer.err());
    }
}
