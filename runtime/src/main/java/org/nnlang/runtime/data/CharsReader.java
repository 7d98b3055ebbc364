package org.nnlang.runtime.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;

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
        // Line ends are those of Unix, so that a text checked out elsewhere is the same text.
        int[] text = new String(DataFile.text(path), StandardCharsets.UTF_8)
                .replace("\r\n", "\n")
                .codePoints()
                .toArray();
        int[] vocabulary = arguments.has("vocabulary")
                ? arguments.text("vocabulary", "").codePoints().toArray()
                : Arrays.stream(text).sorted().distinct().toArray();
        int[] tokens = tokens(path, text, vocabulary, arguments.has("vocabulary"));
        int cut = tokens.length - (int) Math.round(tokens.length * fraction);
        return new Text(path, tokens, vocabulary, cut, window, stride);
    }

    private static int[] tokens(Path path, int[] text, int[] vocabulary, boolean given) {
        int[] sorted = vocabulary.clone();
        Arrays.sort(sorted);
        int[] place = new int[sorted.length];
        for (int i = 0; i < vocabulary.length; i++) {
            place[Arrays.binarySearch(sorted, vocabulary[i])] = i;
        }
        int[] tokens = new int[text.length];
        long line = 1;
        for (int i = 0; i < text.length; i++) {
            int found = Arrays.binarySearch(sorted, text[i]);
            if (given && found < 0) {
                throw DataErrors.strangeCharacter(path, line, text[i]);
            }
            tokens[i] = place[found];
            if (text[i] == '\n') {
                line++;
            }
        }
        return tokens;
    }

    private static final class Text implements Examples {
        private final Path path;
        private final int[] tokens;
        private final int cut;
        private final int window;
        private final int stride;
        private final DataHeader header;

        Text(Path path, int[] tokens, int[] vocabulary, int cut, int window, int stride) {
            this.path = path;
            this.tokens = tokens;
            this.cut = cut;
            this.window = window;
            this.stride = stride;
            List<String> names = Arrays.stream(vocabulary).mapToObj(Character::toString).toList();
            header = new DataHeader(
                    List.of(
                            new Field("x", DType.I32, List.of(window), names, List.of()),
                            new Field("y", DType.I32, List.of(window), names, List.of())),
                    windows("train") + windows("held_out"),
                    cut == tokens.length ? List.of("train") : List.of("train", "held_out"),
                    Map.of("vocabulary", (long) vocabulary.length));
        }

        private int windows(String part) {
            long length = part.equals("train") ? cut : tokens.length - cut;
            return length <= window ? 0 : (int) ((length - 1 - window) / stride(part) + 1);
        }

        /// Held-out windows never overlap: each character is predicted once.
        private int stride(String part) {
            return part.equals("train") ? stride : window;
        }

        @Override
        public DataHeader header() {
            return header;
        }

        @Override
        public int count(String part) {
            int count = windows(part);
            if (count == 0) {
                int length = part.equals("train") ? cut : tokens.length - cut;
                throw DataErrors.shortText(path, part, length, window);
            }
            return count;
        }

        @Override
        public Table table(@Nullable String part) {
            String name = part == null ? "train" : part;
            int start = name.equals("train") ? 0 : cut;
            return new Table(
                    header.fields(),
                    List.of(
                            new Column.Windows(tokens, start, stride(name), window),
                            new Column.Windows(tokens, start + 1, stride(name), window)),
                    count(name));
        }

        @Override
        public boolean overlapping() {
            return stride < window;
        }
    }
}
