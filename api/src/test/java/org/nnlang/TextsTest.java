package org.nnlang;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.tensor.Tensor;

/// A model that learnt from texts is asked in text.
class TextsTest {
    private static final String MAILS = """
            model Spam(tokens: Int, classes: Int)(text: i32[b, length]) -> (scores: f32[b, classes], sum: f32[b]) {
                val there = f32(text != 0)
                val total = sum(Embedding(tokens, 8)(text) * reshape(there, [b, length, 1]), along = length)
                val scores = total / sum(there, along = length, keep = true) |> Dense(classes)
                (scores, sum(scores, along = classes))
            }

            train Mails(
                mails: Data = texts("mails.csv", label = "kind", text = "body", tokens = "words", longest = 6, held_out = 0),
                epochs: Int = 40,
                batch: Int = 2,
                seed: Int = 1
            ) {
                val net = Spam(mails.vocabulary, mails.classes)
                step (text, label) in mails.train.shuffle() {
                    minimize cross_entropy(net(text).scores, label) with Adam(0.05)
                }
                checkpoint("out")
            }
            """;

    @TempDir
    private Path folder;

    private static String verdict(Model spam, String text) {
        Tensor scores = spam.predict(Map.of("text", spam.encode("text", text))).get("scores");
        return spam.classes("scores").get(scores.get(1) > scores.get(0) ? 1 : 0);
    }

    @Test
    void tokensAndClassesAreThoseOfTheTraining() throws IOException {
        Files.writeString(
                folder.resolve("mails.csv"),
                "kind,body\nspam,you have won\nham,see you at home\nspam,free euros won\nham,I am at home\n");
        Path file = Files.writeString(folder.resolve("mails.nn"), MAILS);
        Program program = Program.load(file);
        Trained trained = program.training().threads(1).output(folder).run();
        Model spam = trained.model();
        // <begin> you <unknown> won <end>
        int[] tokens = spam.encode("text", "you never won").ints();
        assertEquals(List.of(1, 3, 2), List.of(tokens[0], tokens[2], tokens[4]));
        assertArrayEquals(new int[] {1, 2}, spam.encode("text", "").ints());
        assertArrayEquals(new int[] {1, 6}, spam.encode("text", "a text of many more words").shape());
        assertEquals(List.of("ham", "spam"), spam.classes("scores"));
        assertEquals(List.of(), spam.classes("sum"));
        assertEquals("spam", verdict(spam, "you have won"));
        assertEquals("ham", verdict(spam, "at home"));
        assertEquals("ham", verdict(program.model("Spam", folder.resolve("out")), "at home"));

        NnException input = assertThrows(NnException.class, () -> spam.encode("txt", "won"));
        assertEquals("NN0820", input.code());
        assertEquals("did you mean `text`?", input.help());
        NnException output = assertThrows(NnException.class, () -> spam.classes("score"));
        assertEquals("did you mean `scores`?", output.help());
        Model fresh = program.model("Spam").set("tokens", 20).set("classes", 2).untrained(1);
        assertEquals("NN0825", assertThrows(NnException.class, () -> fresh.encode("text", "won")).code());
        assertEquals(List.of(), fresh.classes("scores"));
    }
}
