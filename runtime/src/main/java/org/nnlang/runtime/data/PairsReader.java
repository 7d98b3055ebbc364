package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;

/// Pairs of texts, one a line with a tab in between: what is given, and what is to be made of it or said of its tokens. Pairs with the same source
/// are never held out from one another.
final class PairsReader extends DataReader {
    static final String LENGTH = TextsReader.LENGTH;
    static final String SOURCE_LENGTH = "source_length";
    static final String TARGET_LENGTH = "target_length";

    private static final String WRONG_KIND = "\"characters\", \"words\" or \"pieces\"";

    PairsReader() {
        super(
                "pairs",
                List.of(
                        new Parameter("path", Kind.PATH, true, "the file: a source, a tab, a target on each line"),
                        new Parameter(
                                "source",
                                Kind.TEXT,
                                "what the tokens of a source are: \"characters\", \"words\" (between blanks) or"
                                        + " \"pieces\" (byte pairs); characters"),
                        new Parameter("target", Kind.TEXT, "what the tokens of a target are; characters"),
                        new Parameter(
                                "vocabulary",
                                Kind.WHOLE,
                                "how many words or pieces there are at most on each side; 8000"),
                        new Parameter(
                                "longest",
                                Kind.WHOLE,
                                "pairs in which the source or the target has more tokens are left out"),
                        new Parameter("buckets", Kind.WHOLE, "how many lengths batches are filled up to; 8"),
                        new Parameter(
                                "held_out",
                                Kind.NUMBER,
                                "the fraction, drawn at random, that is the part `held_out`; 0.1"),
                        new Parameter("seed", Kind.WHOLE, "from which it is drawn; 0"),
                        new Parameter(
                                "aligned",
                                Kind.TRUTH,
                                "whether a target has one token for each of its source, as in tagging; false")));
    }

    @Override
    Examples open(Arguments arguments) {
        Path path = arguments.file("path");
        Vocabulary.Kind source = kind(arguments, "source");
        Vocabulary.Kind target = kind(arguments, "target");
        boolean aligned = arguments.truth("aligned", false);
        if (aligned && (source == Vocabulary.Kind.PIECES || target == Vocabulary.Kind.PIECES)) {
            throw DataErrors.alignedPieces(source == Vocabulary.Kind.PIECES ? "source" : "target");
        }
        int size = arguments.whole("vocabulary", 8000, 16, 1 << 20);
        int longest = arguments.whole("longest", 1 << 20, 1, 1 << 20);
        int buckets = arguments.whole("buckets", 8, 1, 64);
        double fraction = arguments.number("held_out", 0.1);
        if (!(fraction >= 0 && fraction < 1)) {
            throw arguments.wrong("held_out", "a number from 0 on, and below 1");
        }
        long seed = arguments.get("seed") instanceof Long given ? given : 0;
        var sources = new ArrayList<String>();
        var targets = new ArrayList<String>();
        var lines = new ArrayList<Integer>();
        read(path, sources, targets, lines);
        boolean[] held = heldOut(sources, fraction, seed);
        List<String> learntSources = learnt(sources, held);
        if (learntSources.isEmpty()) {
            throw DataErrors.noExamples("the part `train` of `" + path + "`", "hold out less, or take more data");
        }
        Vocabulary sourceTokens = Vocabulary.learn(source, learntSources, size);
        Vocabulary targetTokens = Vocabulary.learn(target, learnt(targets, held), size);
        var parts = new LinkedHashMap<String, Side>();
        parts.put("train", new Side(path));
        if (fraction > 0) {
            parts.put("held_out", new Side(path));
        }
        Vocabulary.Encoder left = sourceTokens.new Encoder();
        Vocabulary.Encoder right = targetTokens.new Encoder();
        for (int i = 0; i < sources.size(); i++) {
            left.add(sources.get(i));
            right.add(targets.get(i));
            int[] first = left.tokens();
            int[] second = right.tokens();
            if (aligned && first.length != second.length) {
                throw DataErrors.notAligned(path, lines.get(i), first.length, source, second.length, target);
            }
            Side side = parts.get(held[i] ? "held_out" : "train");
            if (side != null && first.length <= longest && second.length <= longest) {
                side.source.add(first);
                side.target.add(aligned ? second : Framing.FRAMED.frame(second));
            }
        }
        return new Pairs(path, parts, sourceTokens, targetTokens, aligned, buckets);
    }

    /// What an argument says of tokens.
    static Vocabulary.Kind kind(Arguments arguments, String name) {
        Vocabulary.Kind kind =
                Vocabulary.Kind.spelled(arguments.text(name, Vocabulary.Kind.CHARACTERS.spelling()));
        if (kind == null) {
            throw arguments.wrong(name, WRONG_KIND);
        }
        return kind;
    }

    private static void read(Path path, List<String> sources, List<String> targets, List<Integer> lines) {
        String text = WindowedText.of(path);
        int number = 0;
        for (int from = 0; from < text.length();) {
            int newline = text.indexOf('\n', from);
            int to = newline < 0 ? text.length() : newline;
            String line = text.substring(from, to);
            from = to + 1;
            number++;
            if (line.isBlank()) {
                continue;
            }
            int tab = line.indexOf('\t');
            if (tab < 0) {
                throw DataErrors.pairs(
                        path, number, 1, "there is no tab in this line, which is to hold a source and a target");
            }
            if (line.indexOf('\t', tab + 1) >= 0) {
                throw DataErrors.pairs(
                        path, number, line.indexOf('\t', tab + 1) + 1, "there is more than one tab in this line");
            }
            String source = line.substring(0, tab).strip();
            String target = line.substring(tab + 1).strip();
            if (source.isEmpty() || target.isEmpty()) {
                throw DataErrors.pairs(
                        path, number, source.isEmpty() ? 1 : tab + 2,
                        "the " + (source.isEmpty() ? "source" : "target") + " of this pair is empty");
            }
            sources.add(source);
            targets.add(target);
            lines.add(number);
        }
        if (sources.isEmpty()) {
            throw DataErrors.noExamples("`" + path + "`", "it has blank lines only");
        }
    }

    private static boolean[] heldOut(List<String> sources, double fraction, long seed) {
        var known = new HashMap<String, Integer>();
        int[] groups = new int[sources.size()];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = known.computeIfAbsent(sources.get(i), _ -> known.size());
        }
        boolean[] held = new boolean[groups.length];
        if (fraction > 0) {
            int[] parts = Division.grouped(groups, Division.ends(groups.length, List.of(1 - fraction)), seed);
            for (int i = 0; i < held.length; i++) {
                held[i] = parts[i] == 1;
            }
        }
        return held;
    }

    private static List<String> learnt(List<String> texts, boolean[] held) {
        var learnt = new ArrayList<String>();
        for (int i = 0; i < held.length; i++) {
            if (!held[i]) {
                learnt.add(texts.get(i));
            }
        }
        return learnt;
    }

    /// The sequences of one part.
    private static final class Side {
        private final SequenceBuilder source;
        private final SequenceBuilder target;

        Side(Path path) {
            source = new SequenceBuilder(path);
            target = new SequenceBuilder(path);
        }
    }

    private static final class Pairs implements Examples {
        private final Path path;
        private final DataHeader header;
        private final Map<String, Table> tables = new LinkedHashMap<>();

        Pairs(
                Path path,
                Map<String, Side> parts,
                Vocabulary source,
                Vocabulary target,
                boolean aligned,
                int buckets) {
            this.path = path;
            int sourceLongest = 1;
            int targetLongest = 1;
            int count = 0;
            for (Side side : parts.values()) {
                sourceLongest = Math.max(sourceLongest, side.source.longest());
                targetLongest = Math.max(targetLongest, side.target.longest());
                count += side.source.count();
            }
            var values = new LinkedHashMap<String, Long>();
            values.put("source_vocabulary", (long) source.size());
            values.put("target_vocabulary", (long) target.size());
            values.putAll(Vocabulary.specials());
            header = new DataHeader(
                    List.of(
                            Field.tokens(
                                    "source", aligned ? LENGTH : SOURCE_LENGTH, sourceLongest, source, Framing.BARE),
                            Field.tokens(
                                    "target",
                                    aligned ? LENGTH : TARGET_LENGTH,
                                    targetLongest,
                                    target,
                                    aligned ? Framing.BARE : Framing.FRAMED)),
                    count,
                    List.copyOf(parts.keySet()),
                    values);
            for (var part : parts.entrySet()) {
                Side side = part.getValue();
                tables.put(
                        part.getKey(),
                        new Table(
                                header.fields(),
                                List.of(side.source.build(sourceLongest), side.target.build(targetLongest)),
                                side.source.count(),
                                buckets));
            }
        }

        @Override
        public DataHeader header() {
            return header;
        }

        @Override
        public int count(String part) {
            return table(part).count();
        }

        @Override
        public Table table(@Nullable String part) {
            String name = part == null ? "train" : part;
            Table table = tables.get(name);
            if (table == null || table.count() == 0) {
                throw DataErrors.noExamples(
                        "the part `" + name + "` of `" + path + "`",
                        "let `held_out` or `longest` be another number, or take more data");
            }
            return table;
        }

        @Override
        public String grouped() {
            return "source";
        }
    }
}
