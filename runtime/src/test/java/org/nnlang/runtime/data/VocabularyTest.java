package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.Vocabulary.Kind;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;

class VocabularyTest {
    private static final List<String> TEXTS = List.of(
            "The whale, the white whale! She's 18 fathoms long --- don't you see?\n\n  Ay, ay, sir.",
            "the thing that the other thing thought\tof the whale's tail \uD83D\uDC0B");

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "the white whale;the| white| whale",
        "She's 18, isn't it?;She|'s| 18|,| isn|'t| it|?",
        "(quoted);(|quoted|)",
        "a  b\\n\\n c;a| | b|\\n\\n| c",
        "long --- don’t;long| ---| don|’t",
        "x\\t\\ty ;x|\\t\\t|y| "})
    void textsAreCutIntoWords(String text, String words) {
        String plain = text.replace("\\n", "\n").replace("\\t", "\t") + (text.endsWith("y") ? " " : "");
        var found = new ArrayList<String>();
        for (int from = 0; from < plain.length();) {
            int to = Words.end(plain, from);
            found.add(plain.substring(from, to));
            from = to;
        }
        assertEquals(plain, String.join("", found));
        assertEquals(words.replace("\\n", "\n").replace("\\t", "\t").stripTrailing(),
                String.join("|", found).replaceAll("\\| $", "|").stripTrailing());
    }

    @Test
    void whatATextIsEncodedToIsThatText() {
        var random = new Random(4);
        for (Kind kind : List.of(Kind.CHARACTERS, Kind.PIECES)) {
            Vocabulary vocabulary = Vocabulary.learn(kind, TEXTS, 90);
            assertEquals(Vocabulary.SPECIALS, vocabulary.tokens().subList(0, 5));
            for (int round = 0; round < 200; round++) {
                var text = new StringBuilder();
                for (int i = random.nextInt(40); i > 0; i--) {
                    List<String> tokens = vocabulary.tokens();
                    text.append(tokens.get(5 + random.nextInt(tokens.size() - 5)));
                }
                int[] numbers = vocabulary.encode(text.toString());
                assertEquals(text.toString(), vocabulary.decode(numbers));
                for (int number : numbers) {
                    assertTrue(number >= Vocabulary.SPECIALS.size());
                }
            }
        }
        Vocabulary words = Vocabulary.learn(Kind.WORDS, TEXTS, 12);
        assertEquals(12, words.size());
        assertEquals(List.of("the", "thing", "whale,"), List.of(
                words.tokens().get(5), words.tokens().get(6), "whale,"));
        assertEquals("the thing <unknown>", words.decode(words.encode(" the thing\n zebra")));
    }

    @Test
    void specialTokensAreNoText() {
        Vocabulary words = Vocabulary.learn(Kind.WORDS, List.of("<pad> <end> a"), 100);
        assertEquals(List.of("<pad>", "<begin>", "<end>", "<unknown>", "<mask>", "a"), words.tokens());
        assertArrayEquals(new int[] {3, 3, 5}, words.encode("<pad> <end> a"));
        assertEquals("a <mask>", words.decode(1, 5, 0, 4, 2, 5, 5));
        assertThrows(IndexOutOfBoundsException.class, () -> words.decode(6));
        assertTrue(words.hasSpecials());
    }

    @Test
    void whatIsNoTokenIsAnErrorWhereThereIsNoUnknown() {
        var letters = new Vocabulary(Kind.CHARACTERS, List.of("a", "b"));
        assertArrayEquals(new int[] {1, 0}, letters.encode("ba"));
        NnException error = assertThrows(NnException.class, () -> letters.encode("abé"));
        assertEquals("NN0716", error.code());
        assertTrue(String.valueOf(error.getMessage()).contains("`é` (U+00E9)"));
        assertThrows(NnException.class, () -> new Vocabulary(Kind.WORDS, List.of("a")).encode("a b"));
        assertThrows(IllegalArgumentException.class, () -> new Vocabulary(Kind.WORDS, List.of("a", "a")));
        assertThrows(IllegalArgumentException.class, () -> new Vocabulary(Kind.PIECES, List.of("")));
    }

    @Test
    void travelsAsJson() {
        Vocabulary pieces = Vocabulary.learn(Kind.PIECES, TEXTS, 80);
        Vocabulary back = Vocabulary.fromJson(Json.parse(pieces.toJson().toString()));
        assertEquals(pieces, back);
        assertArrayEquals(pieces.encode(TEXTS.get(1)), back.encode(TEXTS.get(1)));
        for (String damaged : List.of(
                "{}", "{\"kind\":\"syllables\",\"tokens\":[]}", "{\"kind\":\"words\",\"tokens\":[\"a\",\"a\"]}")) {
            assertThrows(JsonException.class, () -> Vocabulary.fromJson(Json.parse(damaged)));
        }
    }

    /// The algorithm as the paper prints it: all pairs are counted anew each time.
    private static List<String> slowly(List<String> texts, List<String> first, int size) {
        var words = new ArrayList<List<String>>();
        for (String text : texts) {
            for (int from = 0; from < text.length();) {
                int to = Words.end(text, from);
                words.add(new ArrayList<>(text.substring(from, to)
                        .codePoints()
                        .mapToObj(Character::toString)
                        .toList()));
                from = to;
            }
        }
        var pieces = new ArrayList<>(first);
        while (pieces.size() < size) {
            Map<List<String>, Integer> counts = new HashMap<>();
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    counts.merge(List.of(word.get(i), word.get(i + 1)), 1, Integer::sum);
                }
            }
            List<String> best = null;
            for (List<String> pair : counts.keySet()) {
                if (best == null || order(counts, pieces, pair) > order(counts, pieces, best)) {
                    best = pair;
                }
            }
            if (best == null || counts.getOrDefault(best, 0) < 2) {
                return pieces;
            }
            String joined = String.join("", best);
            if (!pieces.contains(joined)) {
                pieces.add(joined);
            }
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i).equals(best.get(0)) && word.get(i + 1).equals(best.get(1))) {
                        word.set(i, joined);
                        word.remove(i + 1);
                    }
                }
            }
        }
        return pieces;
    }

    private static double order(Map<List<String>, Integer> counts, List<String> pieces, List<String> pair) {
        return counts.getOrDefault(pair, 0) - pieces.indexOf(pair.get(0)) * 1e-3 - pieces.indexOf(pair.get(1)) * 1e-6;
    }

    @Test
    void piecesAreThoseOfTheAlgorithmAsPrinted() {
        var random = new Random(8);
        for (int round = 0; round < 60; round++) {
            var text = new StringBuilder();
            int letters = 2 + random.nextInt(4);
            for (int i = 0; i < 300; i++) {
                text.append(random.nextInt(5) == 0 ? ' ' : (char) ('a' + random.nextInt(letters)));
            }
            List<String> texts = List.of(text.toString(), "abab abab");
            List<String> first = new ArrayList<>(List.of(" "));
            "abcdef".chars().forEach(c -> first.add(Character.toString(c)));
            int size = 10 + random.nextInt(60);
            assertEquals(slowly(texts, first, size), BytePairs.learn(texts, first, size), text::toString);
        }
    }

    @Test
    void aRowWithoutBlanksTakesNoQuadraticTime() {
        String dashes = "-".repeat(200_000) + "x".repeat(200_000) + " ".repeat(200_000);
        Vocabulary pieces = Vocabulary.learn(Kind.PIECES, List.of(dashes), 100);
        assertEquals(dashes, pieces.decode(pieces.encode(dashes)));
    }
}
