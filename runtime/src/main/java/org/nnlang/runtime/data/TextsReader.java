package org.nnlang.runtime.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;

/// Texts of classes: a table with a column of labels and one of texts, or a folder with a folder of files for each class.
final class TextsReader extends DataReader {
    static final String LENGTH = "length";

    TextsReader() {
        super(
                "texts",
                List.of(
                        new Parameter(
                                "path",
                                Kind.PATH,
                                true,
                                "a table, .csv or .tsv; or a folder with a folder for each class, which holds files"),
                        new Parameter(
                                "label",
                                Kind.COLUMN,
                                "the table's column of classes; 0. Where it or `text` is a name, line 1 is a header"),
                        new Parameter("text", Kind.COLUMN, "the table's column of texts; 1"),
                        new Parameter("delimiter", Kind.TEXT, "what stands between cells; a comma, in .tsv a tab"),
                        new Parameter(
                                "tokens",
                                Kind.TEXT,
                                "what the tokens are: \"characters\", \"words\" (between blanks) or \"pieces\" (byte"
                                        + " pairs); characters"),
                        new Parameter("vocabulary", Kind.WHOLE, "how many words or pieces there are at most; 8000"),
                        new Parameter(
                                "length",
                                Kind.WHOLE,
                                "how many tokens every text has: a longer one is cut, a shorter one filled up"),
                        new Parameter(
                                "longest",
                                Kind.WHOLE,
                                "instead of `length`: how many tokens a text has at most; 256. Batches hold texts of"
                                        + " similar length"),
                        new Parameter("buckets", Kind.WHOLE, "how many lengths batches are then filled up to; 8"),
                        new Parameter(
                                "held_out",
                                Kind.NUMBER,
                                "the fraction of each class, drawn at random, that is the part `held_out`; 0.1"),
                        new Parameter("seed", Kind.WHOLE, "from which it is drawn; 0")));
    }

    @Override
    Examples open(Arguments arguments) {
        Path path = arguments.path("path");
        Vocabulary.Kind kind = PairsReader.kind(arguments, "tokens");
        int size = arguments.whole("vocabulary", 8000, 16, 1 << 20);
        if (arguments.has("length") && (arguments.has("longest") || arguments.has("buckets"))) {
            throw DataErrors.together("texts", "length", arguments.has("longest") ? "longest" : "buckets");
        }
        boolean fixed = arguments.has("length");
        int longest = arguments.whole(fixed ? "length" : "longest", 256, 3, 1 << 20);
        int buckets = arguments.whole("buckets", 8, 1, 64);
        double fraction = arguments.number("held_out", 0.1);
        if (!(fraction >= 0 && fraction < 1)) {
            throw arguments.wrong("held_out", "a number from 0 on, and below 1");
        }
        long seed = arguments.get("seed") instanceof Long given ? given : 0;
        var labelled = new Labelled();
        if (Files.isDirectory(path)) {
            folder(path, arguments, labelled);
        } else {
            table(path, arguments, labelled);
        }
        if (labelled.texts.isEmpty()) {
            throw DataErrors.noExamples("`" + path + "`", "it has a header and no rows");
        }
        List<String> classes = List.copyOf(new TreeSet<>(labelled.labels));
        int[] labels = labelled.labels.stream()
                .mapToInt(label -> Collections.binarySearch(classes, label))
                .toArray();
        var parts = new LinkedHashMap<String, int[]>();
        if (fraction > 0) {
            int[] cut = Division.stratified(labels, Division.ends(labels.length, List.of(1 - fraction)), seed);
            parts.put("train", Division.places(cut, part -> part == 0));
            parts.put("held_out", Division.places(cut, part -> part == 1));
        } else {
            parts.put("train", IntStream.range(0, labels.length).toArray());
        }
        var learnt = new ArrayList<String>();
        for (int place : parts.getOrDefault("train", new int[0])) {
            learnt.add(labelled.texts.get(place));
        }
        if (learnt.isEmpty()) {
            throw DataErrors.noExamples("the part `train` of `" + path + "`", "hold out less, or take more data");
        }
        Vocabulary vocabulary = Vocabulary.learn(kind, learnt, size);
        return new Texts(path, labelled, labels, classes, parts, vocabulary, new Framing(true, longest, fixed),
                buckets);
    }

    private static final class Labelled {
        private final List<String> labels = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();
        /// The column of the texts, of a table.
        private List<String> columns = List.of();

        void add(String label, String text) {
            labels.add(label);
            texts.add(text.replace("\r\n", "\n"));
        }
    }

    private static void folder(Path folder, Arguments arguments, Labelled labelled) {
        for (String name : List.of("label", "text", "delimiter")) {
            if (arguments.has(name)) {
                throw DataErrors.ofATable("texts", name, folder);
            }
        }
        List<Path> classes = entries(folder).stream().filter(Files::isDirectory).toList();
        if (classes.isEmpty()) {
            throw DataErrors.noClasses(folder, "texts");
        }
        for (Path one : classes) {
            for (Path file : entries(one)) {
                if (Files.isRegularFile(file)) {
                    labelled.add(String.valueOf(one.getFileName()), WindowedText.of(file));
                }
            }
        }
        if (labelled.texts.isEmpty()) {
            throw DataErrors.noExamples("`" + folder + "`", "its folders have no files");
        }
    }

    /// What a folder holds and does not hide, in the order of the names.
    static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !String.valueOf(entry.getFileName()).startsWith("."))
                    .sorted((a, b) -> String.valueOf(a.getFileName()).compareTo(String.valueOf(b.getFileName())))
                    .toList();
        } catch (IOException e) {
            throw DataErrors.unreadable(folder, e);
        }
    }

    private static void table(Path path, Arguments arguments, Labelled labelled) {
        var scanner = new CsvScanner(path, DataFile.text(path), CsvReader.delimiter(arguments, path));
        Object label = arguments.has("label") ? arguments.get("label") : Long.valueOf(0);
        Object text = arguments.has("text") ? arguments.get("text") : Long.valueOf(1);
        if (!scanner.next()) {
            throw DataErrors.empty(path);
        }
        var names = new ArrayList<String>();
        for (int cell = 0; cell < scanner.cells(); cell++) {
            names.add(scanner.text(cell).strip());
        }
        boolean header = label instanceof String || text instanceof String;
        int labelColumn = column(path, "label", label, names);
        int textColumn = column(path, "text", text, names);
        if (labelColumn == textColumn) {
            throw DataErrors.together("texts", "label", "text");
        }
        // Without a header columns are called by their places, as in every table.
        labelled.columns = List.of(header ? names.get(textColumn) : Integer.toString(textColumn));
        boolean more = !header || scanner.next();
        while (more) {
            if (scanner.cells() != names.size()) {
                throw DataErrors.ragged(path, scanner.line(0), scanner.cells(), names.size(), 1);
            }
            String one = scanner.text(labelColumn).strip();
            if (one.isEmpty()) {
                throw DataErrors.unlabelled(path, scanner.line(labelColumn), scanner.column(labelColumn));
            }
            labelled.add(one, scanner.text(textColumn));
            more = scanner.next();
        }
    }

    private static int column(Path path, String argument, @Nullable Object chosen, List<String> names) {
        if (chosen instanceof Long index) {
            long place = index < 0 ? index + names.size() : index;
            if (place < 0 || place >= names.size()) {
                throw DataErrors.noColumn(path, argument, index, names.size());
            }
            return (int) place;
        }
        int found = names.indexOf(String.valueOf(chosen));
        if (found < 0) {
            throw DataErrors.noColumn(path, argument, String.valueOf(chosen), names);
        }
        return found;
    }

    private static final class Texts implements Examples {
        private final Path path;
        private final DataHeader header;
        private final Map<String, Table> tables = new LinkedHashMap<>();

        Texts(
                Path path,
                Labelled labelled,
                int[] labels,
                List<String> classes,
                Map<String, int[]> parts,
                Vocabulary vocabulary,
                Framing framing,
                int buckets) {
            this.path = path;
            Vocabulary.Encoder encoder = vocabulary.new Encoder();
            var sequences = new LinkedHashMap<String, SequenceBuilder>();
            int longest = 2;
            for (var part : parts.entrySet()) {
                var builder = new SequenceBuilder(path);
                for (int place : part.getValue()) {
                    encoder.add(labelled.texts.get(place));
                    builder.add(framing.frame(encoder.tokens()));
                }
                longest = Math.max(longest, builder.longest());
                sequences.put(part.getKey(), builder);
            }
            Field tokens = (framing.filled()
                    ? Field.tokens("text", framing.most(), vocabulary, framing)
                    : Field.tokens("text", LENGTH, longest, vocabulary, framing))
                    .withColumns(labelled.columns);
            Field label = new Field("label", DType.I32, List.of(), classes, List.of());
            var values = new LinkedHashMap<String, Long>();
            values.put("vocabulary", (long) vocabulary.size());
            values.put("classes", (long) classes.size());
            values.putAll(Vocabulary.specials());
            header = new DataHeader(List.of(tokens, label), labels.length, List.copyOf(parts.keySet()), values);
            int size = tokens.size();
            parts.forEach((name, places) -> {
                SequenceBuilder builder = sequences.get(name);
                if (builder != null) {
                    int[] some = IntStream.of(places).map(place -> labels[place]).toArray();
                    tables.put(
                            name,
                            new Table(
                                    header.fields(),
                                    List.of(builder.build(size), new Column.Ints(some, 1)),
                                    some.length,
                                    buckets));
                }
            });
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
                        "the part `" + name + "` of `" + path + "`", "let `held_out` be another number");
            }
            return table;
        }
    }
}
