package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// A text as a sequence of characters, cut into windows: `y` is `x`, one character later. The vocabulary is every
/// character (code point) of the text, in their order in Unicode.
final class CharsReader extends DataReader {
    CharsReader() {
        super(
                "chars",
                List.of(
                        new Parameter("path", Kind.PATH, true, "the text, in UTF-8"),
                        new Parameter("window", Kind.WHOLE, "how many characters an example has; 128"),
                        new Parameter(
                                "stride",
                                Kind.WHOLE,
                                "how far apart the windows of the part `train` start; the window, so that each character"
                                        + " is seen once an epoch"),
                        new Parameter(
                                "held_out", Kind.NUMBER, "the fraction at the end that is the part `held_out`; 0.1"),
                        new Parameter(
                                "vocabulary",
                                Kind.TEXT,
                                "all characters that there are, in their order; those of the text")));
    }

    @Override
    Examples open(Arguments arguments) {
        Path path = arguments.file("path");
        int window = arguments.whole("window", 128, 1, 1 << 24);
        int stride = arguments.whole("stride", window, 1, 1 << 24);
        double fraction = arguments.number("held_out", 0.1);
        if (!(fraction >= 0 && fraction < 1)) {
            throw arguments.wrong("held_out", "a number from 0 on, and below 1");
        }
        int[] text = WindowedText.of(path).codePoints().toArray();
        int[] vocabulary = arguments.has("vocabulary")
                ? arguments.text("vocabulary", "").codePoints().toArray()
                : charactersOf(text);
        if (Arrays.stream(vocabulary).distinct().count() < vocabulary.length) {
            throw arguments.wrong("vocabulary", "a text in which each character stands once");
        }
        int[] tokens = tokens(path, text, vocabulary, arguments.has("vocabulary"));
        int cut = WindowedText.cut(tokens.length, fraction);
        var characters = new Vocabulary(
                Vocabulary.Kind.CHARACTERS,
                Arrays.stream(vocabulary).mapToObj(Character::toString).toList());
        return new WindowedText(path, tokens, characters, cut, window, stride);
    }

    /// Each character of a text once, in their order. A set of bits: a start reads the whole text, on code that is cold.
    private static int[] charactersOf(int[] text) {
        var seen = new BitSet();
        for (int character : text) {
            seen.set(character);
        }
        return seen.stream().toArray();
    }

    private static int[] tokens(Path path, int[] text, int[] vocabulary, boolean given) {
        int highest = Arrays.stream(vocabulary).max().orElse(0);
        int[] places = new int[highest + 1];
        Arrays.fill(places, -1);
        for (int i = 0; i < vocabulary.length; i++) {
            places[vocabulary[i]] = i;
        }
        int[] tokens = new int[text.length];
        long line = 1;
        for (int i = 0; i < text.length; i++) {
            int found = text[i] <= highest ? places[text[i]] : -1;
            if (given && found < 0) {
                throw DataErrors.strangeCharacter(path, line, text[i]);
            }
            tokens[i] = found;
            if (text[i] == '\n') {
                line++;
            }
        }
        return tokens;
    }
}
