package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;

/// Reads a table whose columns are known: first its rows are counted, which gives the header, and then its cells become
/// numbers.
final class CsvTable {
    /// How many rows' features are checked for a header.
    private static final int ROWS_EXAMINED = 100;

    /// What happens to gaps.
    private enum Gaps {
        ERROR,
        DROP,
        MEAN,
        NUMBER
    }

    /// What the label is.
    private enum Labels {
        NONE,
        CLASS_NUMBERS,
        CLASS_TEXTS,
        NUMBERS
    }

    private final Path path;
    private final CsvScanner scanner;
    private final Arguments arguments;
    private final List<String> names;
    private final boolean header;
    private final Gaps gaps;
    private final float filler;
    private final int label;
    private final String labelArgument;
    private final List<CsvFeatures.Choice> choices;
    private final CsvFeatures features;

    CsvTable(Path path, CsvScanner scanner, Arguments arguments, CsvReader.Columns columns) {
        this.path = path;
        this.scanner = scanner;
        this.arguments = arguments;
        this.names = columns.names();
        this.header = columns.header();
        Object missing = arguments.has("missing") ? arguments.get("missing") : "error";
        this.gaps = switch (missing) {
            case String word when word.equals("error") -> Gaps.ERROR;
            case String word when word.equals("drop") -> Gaps.DROP;
            case String word when word.equals("mean") -> Gaps.MEAN;
            case Number _ -> Gaps.NUMBER;
            case null, default -> throw arguments.wrong("missing", "\"error\", \"drop\", \"mean\" or a number");
        };
        this.filler = missing instanceof Number number ? number.floatValue() : Float.NaN;
        if (arguments.has("label") && arguments.has("target")) {
            throw DataErrors.together("csv", "label", "target");
        }
        this.labelArgument = arguments.has("target") ? "target" : "label";
        Object chosen = arguments.get(labelArgument);
        this.label = chosen == null ? -1 : column(labelArgument, chosen);
        this.choices = choices();
        this.features = features();
    }

    private int column(String argument, Object chosen) {
        if (chosen instanceof Long index) {
            long place = index < 0 ? index + names.size() : index;
            if (place < 0 || place >= names.size()) {
                throw DataErrors.noColumn(path, argument, index, names.size());
            }
            return (int) place;
        }
        String name = chosen.toString();
        int found = names.indexOf(name);
        if (found < 0) {
            throw DataErrors.noColumn(path, argument, name, names);
        }
        if (names.lastIndexOf(name) != found) {
            throw DataErrors.ambiguousColumn(path, name);
        }
        return found;
    }

    private List<CsvFeatures.Choice> choices() {
        var chosen = new ArrayList<CsvFeatures.Choice>();
        if (arguments.has("features")) {
            for (Object one : arguments.list("features")) {
                CsvFeatures.Choice choice = choice(one);
                if (chosen.contains(choice)) {
                    throw DataErrors.columnTwice(path, "features", one.toString());
                }
                if (choice.column() == label) {
                    throw DataErrors.labelAmongFeatures(path, names.get(label));
                }
                chosen.add(choice);
            }
        } else {
            for (int i = 0; i < names.size(); i++) {
                if (i != label) {
                    chosen.add(new CsvFeatures.Choice(i, null));
                }
            }
        }
        for (Object one : arguments.list("ignore")) {
            int column = column("ignore", one);
            chosen.removeIf(choice -> choice.column() == column);
        }
        if (chosen.isEmpty()) {
            throw DataErrors.noFeatures(path);
        }
        return chosen;
    }

    /// A column, or a word of one as in `colour=red`.
    private CsvFeatures.Choice choice(Object feature) {
        if (feature instanceof String name && !names.contains(name)) {
            for (int at = name.indexOf('='); at >= 0; at = name.indexOf('=', at + 1)) {
                if (names.contains(name.substring(0, at))) {
                    return new CsvFeatures.Choice(
                            column("features", name.substring(0, at)), name.substring(at + 1));
                }
            }
        }
        return new CsvFeatures.Choice(column("features", feature), null);
    }

    private CsvFeatures features() {
        var categories = new TreeSet<Integer>();
        for (Object one : arguments.list("categories")) {
            int column = column("categories", one);
            if (column == label) {
                throw DataErrors.labelAmongFeatures(path, names.get(column));
            }
            if (!choices.contains(new CsvFeatures.Choice(column, null))) {
                throw DataErrors.noFeature(path, names.get(column));
            }
            if (!categories.add(column)) {
                throw DataErrors.columnTwice(path, "categories", names.get(column));
            }
        }
        start();
        Map<Integer, List<String>> words = CsvFeatures.words(
                scanner, categories,
                () -> scanner.cells() == names.size() && !(gaps == Gaps.DROP && hasGap()));
        words.forEach((column, found) -> {
            if (found.size() > CsvFeatures.MOST_WORDS) {
                throw DataErrors.tooManyWords(path, names.get(column), CsvFeatures.MOST_WORDS);
            }
            if (found.isEmpty()) {
                throw DataErrors.nothingToFill(path, names.get(column));
            }
        });
        return new CsvFeatures(choices, names, words);
    }

    /// Counts and checks rows as far as a header needs: all rows' labels, and the features of the first rows, in which a
    /// column of texts shows. The other cells are checked when they are read.
    Examples examine() {
        Survey survey = survey(false);
        if (survey == null) {
            survey = survey(true);
        }
        if (survey == null || survey.rows == 0) {
            throw DataErrors.noExamples(
                    "`" + path + "`",
                    survey != null && survey.dropped > 0
                            ? "each of its " + survey.dropped
                                    + " rows has a gap, and `missing = \"drop\"` leaves it out"
                            : "it has a header and no rows");
        }
        if ((long) survey.rows * features.count() > Integer.MAX_VALUE - 8) {
            throw DataErrors.tooLarge(path, survey.rows + " rows of " + features.count() + " numbers");
        }
        return new Examined(survey.labels, header(survey), List.copyOf(survey.classNames));
    }

    /// Goes before the first row of data.
    private void start() {
        scanner.rewind();
        if (header) {
            scanner.next();
        }
    }

    private static final class Survey {
        private int rows;
        private int dropped;
        private int most = -1;
        private Labels labels = Labels.NONE;
        private List<String> classNames = List.of();
    }

    /// @param texts whether labels are taken as texts; where they are not and one is no number, there is no result
    private @Nullable Survey survey(boolean texts) {
        var survey = new Survey();
        var names = new TreeSet<String>();
        List<String> given = givenClasses();
        boolean target = labelArgument.equals("target");
        boolean allWhole = true;
        long least = 0;
        long most = -1;
        start();
        long firstLine = header ? scanner.line(0) : -1;
        while (scanner.next()) {
            firstLine = firstLine < 0 ? scanner.line(0) : firstLine;
            if (scanner.cells() != this.names.size()) {
                throw DataErrors.ragged(path, scanner.line(0), scanner.cells(), this.names.size(), firstLine);
            }
            if (gaps == Gaps.DROP && hasGap()) {
                survey.dropped++;
                continue;
            }
            if (survey.rows < ROWS_EXAMINED) {
                checkFeatures();
            }
            survey.rows++;
            if (label < 0 || target) {
                continue;
            }
            if (scanner.missing(label)) {
                throw DataErrors.missingLabel(path, scanner.line(label), scanner.column(label), this.names.get(label));
            }
            if (texts) {
                names.add(scanner.text(label));
            } else if (!scanner.whole(label)) {
                allWhole = false;
                if (!scanner.numeric(label)) {
                    return null;
                }
            } else {
                least = Math.min(least, scanner.wholeNumber(label));
                most = Math.max(most, scanner.wholeNumber(label));
            }
        }
        if (label >= 0) {
            survey.labels = texts
                    ? Labels.CLASS_TEXTS
                    : target || !allWhole ? Labels.NUMBERS
                    : Labels.CLASS_NUMBERS;
        }
        if (!given.isEmpty() && survey.labels == Labels.NUMBERS) {
            throw arguments.wrong("classes", "for a label of classes, and `" + this.names.get(label) + "` has numbers");
        }
        if (survey.labels == Labels.CLASS_NUMBERS) {
            if (least < 0 || most >= (given.isEmpty() ? Integer.MAX_VALUE : given.size())) {
                throw strangeClass(given);
            }
            survey.most = (int) most;
        }
        survey.classNames = given.isEmpty() && texts ? List.copyOf(names) : given;
        return survey;
    }

    /// The error about the first label that is no class.
    private RuntimeException strangeClass(List<String> given) {
        start();
        while (scanner.next()) {
            if (!(gaps == Gaps.DROP && hasGap())) {
                classNumber(given);
            }
        }
        return new IllegalStateException("every label of " + path + " is a class");
    }

    private void checkFeatures() {
        for (CsvFeatures.Number number : features.numbers()) {
            if (scanner.missing(number.column())) {
                if (gaps == Gaps.ERROR) {
                    throw missing(number.column());
                }
            } else if (!scanner.numeric(number.column())) {
                throw text(number.column());
            }
        }
        for (CsvFeatures.Category category : features.categories()) {
            if (gaps == Gaps.ERROR && scanner.missing(category.column())) {
                throw missing(category.column());
            }
        }
    }

    private List<String> givenClasses() {
        var given = new ArrayList<String>();
        for (Object name : arguments.list("classes")) {
            given.add((String) name);
        }
        return given;
    }

    /// The cells as numbers.
    private Table read(Labels labels, DataHeader examined, List<String> classNames, boolean[] seen) {
        int rows = examined.count();
        int width = features.count();
        var values = new float[rows * width];
        var numbers = new float[labels == Labels.NUMBERS ? rows : 0];
        var classes = new int[labels == Labels.CLASS_NUMBERS || labels == Labels.CLASS_TEXTS ? rows : 0];
        int row = 0;
        start();
        while (scanner.next()) {
            if (gaps == Gaps.DROP && hasGap()) {
                continue;
            }
            for (CsvFeatures.Number number : features.numbers()) {
                int at = row * width + number.place();
                if (!scanner.missing(number.column())) {
                    values[at] = finite(number.column());
                    seen[number.place()] = true;
                } else if (gaps == Gaps.ERROR) {
                    throw missing(number.column());
                } else {
                    values[at] = filler;
                }
            }
            for (CsvFeatures.Category category : features.categories()) {
                word(category, values, row * width, seen);
            }
            switch (labels) {
                case NONE -> {}
                case NUMBERS -> {
                    if (scanner.missing(label)) {
                        throw DataErrors.missingLabel(
                                path, scanner.line(label), scanner.column(label), names.get(label));
                    }
                    numbers[row] = finite(label);
                }
                case CLASS_NUMBERS -> classes[row] = classNumber(classNames);
                case CLASS_TEXTS -> classes[row] = classText(classNames);
            }
            row++;
        }
        var columns = new ArrayList<Column>();
        columns.add(new Column.Floats(values, width));
        switch (labels) {
            case NONE -> {}
            case NUMBERS -> columns.add(new Column.Floats(numbers, 1));
            case CLASS_NUMBERS, CLASS_TEXTS -> columns.add(new Column.Ints(classes, 1));
        }
        return new Table(examined.fields(), columns, rows);
    }

    /// Sets the features of one row that a column of words has.
    private void word(CsvFeatures.Category category, float[] values, int at, boolean[] seen) {
        int column = category.column();
        Map<String, Integer> places = category.places();
        if (!scanner.missing(column)) {
            String word = scanner.text(column);
            Integer place = places.get(word);
            if (place != null) {
                values[at + place] = 1;
            } else if (places.size() > 1) {
                throw DataErrors.unknownWord(
                        path, scanner.line(column), scanner.column(column), names.get(column), word,
                        List.copyOf(places.keySet()));
            }
            places.values().forEach(each -> seen[each] = true);
        } else if (gaps == Gaps.ERROR) {
            throw missing(column);
        } else if (Float.isNaN(filler)) {
            // Each word's share of the rows, as the mean of numbers. What a number fills in is none of the words.
            places.values().forEach(place -> values[at + place] = filler);
        }
    }

    private boolean hasGap() {
        if (scanner.cells() != names.size()) {
            return false;
        }
        for (CsvFeatures.Choice choice : choices) {
            if (scanner.missing(choice.column())) {
                return true;
            }
        }
        return label >= 0 && scanner.missing(label);
    }

    private float finite(int cell) {
        if (!scanner.numeric(cell)) {
            throw text(cell);
        }
        float value = scanner.number(cell);
        if (!Float.isFinite(value)) {
            throw DataErrors.notFinite(
                    path, scanner.line(cell), scanner.column(cell), names.get(cell), scanner.text(cell));
        }
        return value;
    }

    private int classNumber(List<String> classNames) {
        long number = scanner.wholeNumber(label);
        if (number < 0) {
            throw DataErrors.badLabel(
                    where(),
                    "the label " + number,
                    "classes count from 0; for a number to predict say `target` instead of `label`");
        }
        if (!classNames.isEmpty() && number >= classNames.size()) {
            throw DataErrors.badLabel(
                    where(),
                    "the label " + number,
                    "`classes` names " + classNames.size() + ", which are 0 to " + (classNames.size() - 1));
        }
        if (number > Integer.MAX_VALUE - 1) {
            throw DataErrors.badLabel(
                    where(), "the label " + number, "for a number to predict say `target` instead of `label`");
        }
        return (int) number;
    }

    private String where() {
        return path + ":" + scanner.line(label) + ":" + scanner.column(label);
    }

    private int classText(List<String> classNames) {
        String text = scanner.text(label);
        int found = classNames.indexOf(text);
        if (found < 0) {
            throw DataErrors.unknownClass(path, scanner.line(label), scanner.column(label), text, classNames);
        }
        return found;
    }

    private RuntimeException text(int cell) {
        if (arguments.asked().equals("series")) {
            return DataErrors.textInSeries(
                    path, scanner.line(cell), scanner.column(cell), names.get(cell), scanner.text(cell),
                    !header && scanner.line(cell) == 1);
        }
        return DataErrors.textCell(
                path,
                scanner.line(cell),
                scanner.column(cell),
                names.get(cell),
                scanner.text(cell),
                !header && scanner.line(cell) == 1,
                cell == label);
    }

    private RuntimeException missing(int cell) {
        return DataErrors.missingCell(
                path, scanner.line(cell), scanner.column(cell), names.get(cell), scanner.text(cell));
    }

    private DataHeader header(Survey survey) {
        var fields = new ArrayList<Field>();
        var facts = new LinkedHashMap<String, Long>();
        fields.add(new Field(
                arguments.has("image") ? "image" : "features",
                DType.F32,
                shape(),
                List.of(),
                List.copyOf(features.names())));
        switch (survey.labels) {
            case NONE -> {}
            case NUMBERS ->
                fields.add(new Field(labelArgument, DType.F32, List.of(), List.of(), List.of(names.get(label))));
            case CLASS_NUMBERS, CLASS_TEXTS -> {
                facts.put(
                        "classes", survey.classNames.isEmpty() ? survey.most + 1L : survey.classNames.size());
                fields.add(new Field(
                        labelArgument, DType.I32, List.of(), survey.classNames, List.of(names.get(label))));
            }
        }
        facts.put("features", (long) features.count());
        return new DataHeader(fields, survey.rows, List.of(), facts);
    }

    private List<Integer> shape() {
        if (arguments.has("image") && arguments.has("shape")) {
            throw DataErrors.together("csv", "image", "shape");
        }
        String argument = arguments.has("image") ? "image" : "shape";
        if (!arguments.has(argument)) {
            return List.of(features.count());
        }
        var shape = new ArrayList<Integer>();
        long size = 1;
        for (Object dimension : arguments.list(argument)) {
            long length = (Long) dimension;
            if (length < 1 || length > Integer.MAX_VALUE) {
                throw arguments.wrong(argument, "a list of dimensions from 1 on");
            }
            shape.add((int) length);
            size = Math.min(size * length, Long.MAX_VALUE / Integer.MAX_VALUE);
        }
        if (size != features.count()) {
            throw DataErrors.imageShape(path, argument, shape, features.count());
        }
        return shape;
    }

    /// A table whose cells are read when they are first asked for.
    private final class Examined implements Examples {
        private final Labels labels;
        private final DataHeader header;
        private final List<String> classNames;
        private final boolean[] seen = new boolean[features.count()];
        private @Nullable Table table;

        Examined(Labels labels, DataHeader header, List<String> classNames) {
            this.labels = labels;
            this.header = header;
            this.classNames = classNames;
        }

        @Override
        public DataHeader header() {
            return header;
        }

        @Override
        public int count(String part) {
            return header.count();
        }

        @Override
        public Table table(@Nullable String part) {
            Table known = table;
            if (known == null) {
                known = read(labels, header, classNames, seen);
                for (int i = 0; gaps == Gaps.MEAN && i < seen.length; i++) {
                    if (!seen[i]) {
                        throw DataErrors.nothingToFill(path, features.names().get(i));
                    }
                }
                table = known;
            }
            return known;
        }

        @Override
        public List<String> filled() {
            return gaps == Gaps.MEAN ? List.of(header.fields().getFirst().name()) : List.of();
        }
    }
}
