package org.nnlang.runtime.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;

/// One long text as windows over its tokens: `y` is `x`, one token later. The part `held_out` is its end.
final class WindowedText implements Examples {
    private final Path path;
    private final int[] tokens;
    private final int cut;
    private final int window;
    private final int stride;
    private final String unit;
    private final DataHeader header;

    /// @param cut how many tokens are learnt from
    WindowedText(Path path, int[] tokens, Vocabulary vocabulary, int cut, int window, int stride) {
        this.path = path;
        this.tokens = tokens;
        this.cut = cut;
        this.window = window;
        this.stride = stride;
        this.unit = vocabulary.kind().spelling();
        header = new DataHeader(
                List.of(
                        Field.tokens("x", window, vocabulary, Framing.BARE),
                        Field.tokens("y", window, vocabulary, Framing.BARE)),
                windows("train") + windows("held_out"),
                cut == tokens.length ? List.of("train") : List.of("train", "held_out"),
                Map.of("vocabulary", (long) vocabulary.size()));
    }

    /// The text of a file. Line ends are those of Unix, so that a text checked out elsewhere is the same text.
    static String of(Path path) {
        return new String(DataFile.text(path), StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    /// How many of `length` tokens are learnt from, where this fraction of them is held out.
    static int cut(int length, double heldOut) {
        return length - (int) Math.round(length * heldOut);
    }

    private int windows(String part) {
        long length = part.equals("train") ? cut : tokens.length - cut;
        return length <= window ? 0 : (int) ((length - 1 - window) / stride(part) + 1);
    }

    /// Held-out windows never overlap: each token is predicted once.
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
            throw DataErrors.shortText(path, part, length, unit, window);
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
