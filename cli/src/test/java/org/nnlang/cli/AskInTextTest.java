package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.Predictions;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.tensor.Tensor;

/// Models that learnt from texts are asked in text: a judge of mails, a tagger, a writer.
class AskInTextTest {
    private static final String PROGRAM = """
            model Spam(tokens: Int, classes: Int)(text: i32[b, length]) -> f32[b, classes] {
                val there = f32(text != 0)
                val total = sum(Embedding(tokens, 16)(text) * reshape(there, [b, length, 1]), along = length)
                total / sum(there, along = length, keep = true) |> Dense(16, tanh) |> Dense(classes)
            }

            train Mails(
                mails: Data = texts("mails.csv", label = "label", text = "text", tokens = "words", longest = 8),
                epochs: Int = 8,
                batch: Int = 8,
                seed: Int = 1
            ) {
                val net = Spam(mails.vocabulary, mails.classes)
                step (text, label) in mails.train.shuffle() { minimize cross_entropy(net(text), label) with Adam(1e-2) }
                checkpoint("out/spam")
            }

            /// Its texts are all of one length.
            train Filled(
                mails: Data = texts("mails.csv", label = "label", text = "text", tokens = "words", length = 8),
                epochs: Int = 8,
                batch: Int = 8,
                seed: Int = 1
            ) {
                val net = Spam(mails.vocabulary, mails.classes)
                step (text, label) in mails.train.shuffle() { minimize cross_entropy(net(text), label) with Adam(1e-2) }
                checkpoint("out/filled")
            }

            /// Takes eight tokens, no more and no fewer.
            model Eight(tokens: Int, classes: Int)(text: i32[b, 8]) -> f32[b, classes] {
                val net = Spam(tokens, classes)
                net(text)
            }

            model Tagger(words: Int, tags: Int)(words_of_a_sentence: i32[b, t]) -> f32[b, t, tags] =
                words_of_a_sentence |> Embedding(words, 16)
                    |> Bidirectional { reversed -> GRU(8, reversed = reversed) }
                    |> Dense(tags)

            model Likeliest(words: Int, tags: Int)(source: i32[b, t]) -> i32[b, t] {
                val net = Tagger(words, tags)
                argmax(net(source))
            }

            train Tags(
                words: Data = pairs("tags.tsv", source = "words", target = "words", aligned = true),
                epochs: Int = 8,
                batch: Int = 8,
                seed: Int = 1
            ) {
                val net = Tagger(words.source_vocabulary, words.target_vocabulary)
                step (source, target) in words.train.shuffle() {
                    minimize cross_entropy(net(source), target, ignore = [words.pad]) with Adam(1e-2)
                }
                checkpoint("out/tags")
            }

            model Writer(vocab: Int)(tokens: i32[b, t]) -> f32[b, t, vocab] = tokens |> Embedding(vocab, 8) |> Dense(vocab)

            train Rhyme(text: Data = chars("rhyme.txt", window = 8), epochs: Int = 30, batch: Int = 8, seed: Int = 1) {
                val net = Writer(text.vocabulary)
                step (x, y) in text.train.shuffle() { minimize cross_entropy(net(x), y) with Adam(3e-2) }
                checkpoint("out/rhyme")
            }
            """;

    @TempDir
    private static Path folder;

    private static Path program = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        var mails = new StringBuilder("label,text\n");
        var tags = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            mails.append("spam,\"you have won ").append(i % 7).append(i % 3 == 0 ? " free prizes" : " euros")
                    .append("\"\nham,\"see you at ").append(i % 5).append(i % 2 == 0 ? " at home" : "").append("\"\n");
            tags.append(i % 2 == 0 ? "the whale" : "a big dog").append(i % 3 == 0 ? " sank\t" : " sees a cat\t")
                    .append(i % 2 == 0 ? "D N" : "D A N").append(i % 3 == 0 ? " V\n" : " V D N\n");
        }
        Files.writeString(folder.resolve("mails.csv"), mails);
        Files.writeString(folder.resolve("tags.tsv"), tags);
        Files.writeString(folder.resolve("rhyme.txt"), "abcd".repeat(60));
        program = Files.writeString(folder.resolve("texts.nn"), PROGRAM);
        for (String train : List.of("Mails", "Filled", "Tags", "Rhyme")) {
            Answer.good("train", program, "--train", train, "--output", folder, "--threads", "1");
        }
    }

    private static Answer run(String model, String checkpoint, Object... more) {
        return Answer.to(Stream.concat(
                Stream.of("run", program, "--model", model, "--checkpoint", folder.resolve("out/" + checkpoint)),
                Stream.of(more)).toArray());
    }

    private static Answer spam(Object... more) {
        return run("Spam", "spam", more);
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void textsOfAnyLengthHaveClasses() throws IOException {
        String expected = "class\nspam\nham\nspam\n";
        Path lines = file("new.txt", "you have won 5 free prizes\nsee you\nfree euros\n");
        Path table = file(
                "new.csv", "id,text\n1,you have won 5 free prizes\n2,\"see you\"\n3,free euros\n");
        assertEquals(new Answer(0, expected, ""), spam("--input", lines, "--classes"));
        assertEquals(new Answer(0, expected, ""), spam("--input", table, "--classes"));
        assertEquals(
                new Answer(0, expected, ""), spam(
                        "--text", "you have won 5 free prizes", "--text", "see you", "--text", "free euros",
                        "--classes"));
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(Files.readAllBytes(lines)));
            assertEquals(new Answer(0, expected, ""), spam("--input", "-", "--classes"));
        } finally {
            System.setIn(before);
        }
        assertEquals(121, spam("--input", folder.resolve("mails.csv"), "--classes").lines().size());
    }

    /// Also to the last bit: texts of other lengths are computed in other batches, and rows of a batch know nothing of each other.
    @ParameterizedTest
    @ValueSource(strings = {"Spam spam", "Spam filled", "Eight spam", "Tagger tags"})
    void whatIsSaidOfATextDependsOnNoOther(String asked) throws IOException {
        String[] of = asked.split(" ");
        Object[] set = of[0].equals("Eight") ? sizes(of[1]) : new Object[0];
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            texts.add(List.of("you have", "won", "see you at home at 3", "the big whale sank", "a dog sees you")
                    .get(i % 5)
                    .concat(i % 4 == 0 ? " free" : ""));
        }
        Path file = file("many.txt", String.join("\n", texts) + "\n");
        Path json = folder.resolve("many.json");
        assertEquals(0, run(of[0], of[1], with(set, "--input", file, "--output", json)).exit());
        List<String> together = Files.readAllLines(json).stream().filter(line -> line.startsWith("{"))
                .map(line -> line.replaceAll(",$", "")).toList();
        assertEquals(150, together.size());
        for (int i = 0; i < 12; i++) {
            assertEquals(0, run(of[0], of[1], with(set, "--text", texts.get(i), "--output", json)).exit());
            assertEquals(together.get(i), Files.readAllLines(json).get(1), texts.get(i));
        }
    }

    private static Object[] with(Object[] some, Object... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray();
    }

    /// What a checkpoint does not tell of a model that no training had.
    private static Object[] sizes(String checkpoint) {
        Checkpoint weights = Checkpoint.read(folder.resolve("out/" + checkpoint + "/last.safetensors"));
        int tokens = weights.json("data").get("values").get("vocabulary").integer();
        return new Object[] {"--set", "tokens=" + tokens, "--set", "classes=2"};
    }

    /// A mean over tokens that are there is the same however many fill it up.
    @Test
    void aModelOfFixedLengthIsFilledUpAsInTraining() {
        assertEquals(
                spam("--text", "you have won", "--classes").out(),
                run("Eight", "spam", with(sizes("spam"), "--text", "you have won", "--classes")).out());
        assertEquals("class\nspam\n", run("Spam", "filled", "--text", "you have won", "--classes").out());
    }

    @Test
    void whatTrainingCutIsCut() {
        Answer answer = spam("--text", "see you at home won won won won won won won", "--classes");
        assertEquals("nn: 1 of 1 text is cut to 8 tokens, as in training\n", answer.err());
        assertEquals(
                spam("--text", "see you at home won won won won won won won").out(),
                spam("--text", "see you at home won won").out());
    }

    @Test
    void aTextOfUnknownWordsIsAnsweredWithAWarning() {
        Answer answer = spam("--text", "привет мир you", "--classes");
        assertEquals(0, answer.exit(), answer::err);
        assertEquals(
                "nn: 2 of 3 tokens are unknown to `Spam`: the texts that it learnt from had no such words\n",
                answer.err());
    }

    @Test
    void aTaggerNamesATagForEachToken() throws IOException {
        Path file = file("sentences.txt", "the whale sees a cat\na big dog sank\nthe cat\n");
        String expected = "class\nD N V D N\nD A N V\nD N\n";
        assertEquals(new Answer(0, expected, ""), run("Tagger", "tags", "--input", file, "--classes"));
        Answer numbers = run("Tagger", "tags", "--input", file);
        int tags = 5 + 4;
        List<Integer> cells = numbers.lines().stream().map(line -> line.split(",", -1).length).toList();
        assertEquals(List.of(5 * tags, 5 * tags, 5 * tags, 5 * tags), cells);
        assertTrue(numbers.lines().get(3).endsWith(","), numbers::out);
        Checkpoint weights = Checkpoint.read(folder.resolve("out/tags/last.safetensors"));
        int words = weights.json("data").get("values").get("source_vocabulary").integer();
        Object[] set = {"--set", "words=" + words, "--set", "tags=" + tags};
        assertEquals(
                new Answer(0, expected, ""), run("Likeliest", "tags", with(set, "--input", file, "--classes")));
        Answer npy = run("Tagger", "tags", "--input", file, "--output", folder.resolve("tags.npy"));
        assertTrue(npy.err().startsWith("error[NN0718]: an npy file holds one array of numbers"), npy::err);
    }

    @Test
    void aWriterSaysWhatItExpectsNext() {
        assertEquals("class\nbcda\n", run("Writer", "rhyme", "--text", "abcd", "--classes").out());
    }

    /// `_` stands for the end of a line.
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '!', value = {
        "Spam; spam; ; NN0820; give a text, `--text \"…\"`, or a file with a text on each line, `--input PATH`",
        "Spam; spam; x.csv=id,message_1,hello_; NN0709; line 1 has `id`, `message`: call the column of texts `text`",
        "Spam; spam; x.txt=; NN0711; is empty",
        "Tagger; tags; x.txt=the whale__a dog_; NN0855; x.txt:2: the text has no tokens",
        "Writer; rhyme; x.txt=abcd_ab€d_; NN0716; x.txt:2:3: the character `€` (U+20AC) is not in the vocabulary",
        "Eight; filled; x.txt=won_; NN0402; needs a value for `tokens`"})
    void mistakesLeadOn(String model, String checkpoint, String input, String code, String part) throws IOException {
        Object[] given = {};
        if (input != null) {
            String[] named = input.split("=", 2);
            given = new Object[] {"--input", file(named[0], named[1].replace('_', '\n'))};
        }
        Answer answer = run(model, checkpoint, given);
        assertEquals(1, answer.exit(), answer::out);
        assertTrue(answer.err().startsWith("error[" + code + "]"), answer::err);
        assertTrue(answer.err().contains(part), answer::err);
    }

    @Test
    void anInputIsGivenOnce() throws IOException {
        Answer twice = spam("--text", "won", "--input", file("one.txt", "won\n"));
        assertTrue(twice.err().startsWith("error[NN0854]: the input `text` is given twice"), twice::err);
        Files.writeString(folder.resolve("two.nn"), "model Two()(a: f32[b], c: f32[b]) -> f32[b] = a + c\n");
        Answer unnamed = Answer.to("run", folder.resolve("two.nn"), "--text", "won");
        assertTrue(unnamed.err().contains("write `--text a=TEXT`, `--text c=TEXT`"), unnamed::err);
        Answer number = Answer.to("run", folder.resolve("two.nn"), "--text", "a=won");
        assertTrue(
                number.err()
                        .startsWith("error[NN0825]: `a` of `Two` is f32[b], and nothing tells how a text becomes that"),
                number::err);
    }

    /// Of a checkpoint that was written before these were kept.
    @Test
    void aCheckpointThatDoesNotTellHowTextsBecameTokensIsRefused() {
        Checkpoint now = Checkpoint.read(folder.resolve("out/spam/last.safetensors"));
        Map<String, String> metadata = new TreeMap<>(now.metadata());
        metadata.computeIfPresent("data", (_, data) -> data.replaceFirst(",\"framing\":\\{[^}]*}", ""));
        Path old = folder.resolve("old.safetensors");
        new Checkpoint(now.tensors(), metadata).write(old);
        Answer answer = Answer.to("run", program, "--model", "Spam", "--checkpoint", old, "--text", "won");
        assertTrue(answer.err().startsWith("error[NN0825]: the checkpoint of `Spam` does not tell"), answer::err);
    }

    /// Tokens of any number, as an array has a shape.
    @Test
    void tokensMayComeAsAnArray() throws IOException {
        Checkpoint weights = Checkpoint.read(folder.resolve("out/spam/last.safetensors"));
        List<String> words =
                weights.json("data").get("fields").items().getFirst().get("vocabulary").get("tokens").items()
                        .stream().map(Json::text).toList();
        int[] tokens = {1, words.indexOf("you"), words.indexOf("have"), words.indexOf("won"), 2};
        new Predictions(Map.of("text", Tensor.of(tokens, 1, 5))).write(folder.resolve("x.npy"));
        assertEquals(
                spam("--text", "you have won").out(), spam("--input", folder.resolve("x.npy")).out());
    }

    /// The vocabulary is in the jar.
    @Test
    void aCompiledModelIsAskedInText() throws IOException {
        Path jar = folder.resolve("spam.jar");
        Answer.good(
                "compile", program, "--model", "Spam", "--checkpoint", folder.resolve("out/spam"), "--output", jar);
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
            Model model = Model.load("Spam", loader, Team.of(1));
            assertEquals(List.of("ham", "spam"), model.classes("out"));
            Tensor text = model.encode("text", "you have won");
            assertArrayEquals(new int[] {1, 5}, text.shape());
            Tensor scores = model.predict(Map.of("text", text)).get("out");
            assertTrue(scores.get(1) > scores.get(0));
            assertEquals("out[0],out[1]\n" + scores.get(0) + "," + scores.get(1) + "\n", spam(
                    "--text", "you have won").out());
            assertEquals("NN0820", assertThrows(NnException.class, () -> model.encode("txt", "won")).code());
            assertEquals("NN0820", assertThrows(NnException.class, () -> model.classes("class")).code());
        }
    }
}
