package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.Vocabulary;
import org.nnlang.runtime.train.TrainingCheckpoint;

/// Trainings on texts: one program serves batches of all lengths, and the checkpoint knows the tokens.
class TextTrainingTest {
    private static final String SPELLING = """
            layer Attend(d: Int)(q: f32[b, t, d], memory: f32[b, s, d], mask: bool[b, s]) -> f32[b, t, d] {
                val scores = q @ transpose(memory |> Dense(d)) / sqrt(d)
                softmax(where(reshape(mask, [b, 1, s]), scores, -1e9)) @ memory
            }

            fun masked_cross_entropy(logits: f32[b, t, n], label: i32[b, t]) -> f32 {
                val picked = sum(log_softmax(logits) * one_hot(label, n), along = n)
                -sum(picked * f32(label != 0)) / sum(f32(label != 0))
            }

            train Spelling(words: Data = pairs("words.tsv", target = "words", buckets = 3), epochs: Int = 4, batch: Int = 16, seed: Int = 1) {
                val (learn, tune) = words.train.split(0.8)
                val letters = Embedding(words.source_vocabulary, 16)
                val sounds = Embedding(words.target_vocabulary, 16)
                val attend = Attend(16)
                val out = Dense(words.target_vocabulary)
                step (source, target) in learn.shuffle() {
                    val memory = letters(source)
                    val spoken = sounds(target[:, :-1])
                    val logits = out(spoken + attend(spoken, memory + sum(memory, along = source_length, keep = true), source != words.pad))
                    minimize masked_cross_entropy(logits, target[:, 1:]) with Adam(1e-2)
                }
                validate (source, target) in tune {
                    val memory = letters(source)
                    val spoken = sounds(target[:, :-1])
                    val logits = out(spoken + attend(spoken, memory + sum(memory, along = source_length, keep = true), source != words.pad))
                    report loss = masked_cross_entropy(logits, target[:, 1:])
                }
                checkpoint("out", lowest = validate.loss)
            }
            """;

    private static final String BOOK = """
            train Book(book: Data = bpe("book.txt", vocabulary = 60, window = 8), epochs: Int = 2, batch: Int = 16, seed: Int = 1) {
                val pieces = Embedding(book.vocabulary, 8)
                val out = Dense(book.vocabulary)
                step (x, y) in book.train.shuffle() {
                    minimize cross_entropy(out(pieces(x)), y) with Adam(1e-2)
                }
                checkpoint("book")
            }
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void texts() throws IOException {
        var random = new Random(5);
        var pairs = new StringBuilder();
        var book = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            String word = Integer.toString(random.nextInt(1000), 3).repeat(1 + random.nextInt(2));
            pairs.append(word).append('\t').append(word.replace("", " ").strip()).append('\n');
            book.append(word).append(random.nextInt(9) == 0 ? ".\n" : " ");
        }
        Files.writeString(folder.resolve("words.tsv"), pairs);
        Files.writeString(folder.resolve("book.txt"), book);
        Files.writeString(folder.resolve("spelling.nn"), SPELLING);
        Files.writeString(folder.resolve("book.nn"), BOOK);
    }

    private Answer train(String program, String output, Object... more) {
        Object[] arguments = new Object[4 + more.length];
        arguments[0] = "train";
        arguments[1] = folder.resolve(program);
        arguments[2] = "--output";
        arguments[3] = folder.resolve(output);
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Answer.to(arguments);
    }

    @Test
    void sequencesOfAllLengthsTrainAndResumeBitForBit() throws IOException {
        Answer whole = train("spelling.nn", "whole", "--epochs", 4, "--threads", 2);
        assertEquals(0, whole.exit(), whole::toString);
        assertEquals(0, train("spelling.nn", "parts", "--epochs", 2, "--threads", 1).exit());
        assertEquals(0, train("spelling.nn", "parts", "--epochs", 4, "--threads", 1, "--resume").exit());
        SavedRuns.assertSame(folder.resolve("whole"), folder.resolve("parts"));
        assertTrue(whole.lines("epoch 4 ").size() == 1, whole::out);
    }

    @Test
    void aCheckpointKnowsItsTokens() throws IOException {
        assertEquals(0, train("spelling.nn", "s", "--epochs", 1).exit());
        assertEquals(0, train("book.nn", "b").exit());
        DataHeader pairs = Objects.requireNonNull(
                TrainingCheckpoint.data(Checkpoint.read(folder.resolve("s/out/best.safetensors"))));
        Vocabulary sounds = Objects.requireNonNull(pairs.vocabulary("target"));
        assertEquals("0 1 2", sounds.decode(sounds.encode("0 1 2")));
        DataHeader book = Objects.requireNonNull(
                TrainingCheckpoint.data(Checkpoint.read(folder.resolve("b/book/last.safetensors"))));
        Vocabulary pieces = Objects.requireNonNull(book.vocabulary("x"));
        assertEquals(60, pieces.size());
        assertEquals("120 11.\n2", pieces.decode(pieces.encode("120 11.\n2")));
    }

    @Test
    void aTrainingDoesNotGoOnWithOtherData() throws IOException {
        assertEquals(0, train("book.nn", "b").exit());
        String text = Files.readString(folder.resolve("book.txt"));
        Files.writeString(folder.resolve("book.txt"), text.substring(0, 50) + "." + text.substring(51));
        Answer answer = train("book.nn", "b", "--epochs", 3, "--resume");
        assertEquals(1, answer.exit());
        assertTrue(answer.err().contains("NN0806"), answer::err);
    }

    /// A training in which nothing but the place is read of the targets.
    private Answer placed(String place) throws IOException {
        Files.writeString(folder.resolve("placed.nn"), """
                train Placed(words: Data = pairs("words.tsv", target = "words"), epochs: Int = 1, seed: Int = 1) {
                    val letters = Embedding(words.source_vocabulary, 4)
                    step (source, target) in words.train {
                        minimize mean(letters(source)[:, %s] ^ 2) with Adam()
                    }
                }
                """.formatted(place));
        return train("placed.nn", "placed");
    }

    @Test
    void aPlaceOutsideOfASequenceIsRefused() throws IOException {
        for (String place : List.of("-1", "target_length - 3", "target_length - 3:", ":target_length - 2")) {
            Answer answer = placed(place);
            assertEquals(0, answer.exit(), () -> place + ": " + answer);
        }
        for (String place : List.of("target_length", "source_length * 2", "30", "2:30", "-target_length:")) {
            Answer answer = placed(place);
            assertEquals(1, answer.exit(), () -> place + ": " + answer);
            assertTrue(answer.err().contains("NN0413"), () -> place + ": " + answer);
        }
    }

    @Test
    void aStepMayReadNothingOfTheDataButHowManyThereAre() throws IOException {
        Files.writeString(folder.resolve("noise.nn"), """
                train Noise(words: Data = pairs("words.tsv"), epochs: Int = 1, seed: Int = 1) {
                    val net = Dense(2)
                    step (source, target) in words.train { minimize mean(net(normal([batch, 8])) ^ 2) with Adam() }
                }
                """);
        Answer answer = train("noise.nn", "noise");
        assertEquals(0, answer.exit(), answer::toString);
    }
}
