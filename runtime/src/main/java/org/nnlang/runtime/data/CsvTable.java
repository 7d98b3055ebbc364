package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;

/// Reads a table whose columns are known: first its rows are counted and checked, then its cells become numbers.
final class CsvTable {
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
    private final int[] features;

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

    private int[] features() {
        var chosen = new ArrayList<Integer>();
        if (arguments.has("features")) {
            for (Object one : arguments.list("features")) {
                int column = column("features", one);
                if (chosen.contains(column)) {
                    throw DataErrors.columnTwice(path, "features", names.get(column));
                }
                if (column == label) {
                    throw DataErrors.labelAmongFeatures(path, names.get(column));
                }
                chosen.add(column);
            }
        } else {
            for (int i = 0; i < names.size(); i++) {
                if (i != label) {
                    chosen.add(i);
                }
            }
        }
        for (Object one : arguments.list("ignore")) {
            chosen.remove(Integer.valueOf(column("ignore", one)));
        }
        if (chosen.isEmpty()) {
            throw DataErrors.noFeatures(path);
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    Examples read() {
        Survey survey = survey();
        if (survey.rows == 0) {
            throw DataErrors.noExamples(
                    "`" + path + "`",
                    survey.dropped > 0
                            ? "each of its " + survey.dropped + " rows has a gap, and `missing = \"drop\"` leaves it out"
                            : "it has a header and no rows");
        }
        if ((long) survey.rows * features.length > Integer.MAX_VALUE - 8) {
            throw DataErrors.tooLarge(path, survey.rows + " rows of " + features.length + " numbers");
        }
        var values = new float[survey.rows * features.length];
        var numbers = new float[survey.labels == Labels.NUMBERS ? survey.rows : 0];
        var classes = new int[survey.labels == Labels.CLASS_NUMBERS || survey.labels == Labels.CLASS_TEXTS
                ? survey.rows
                : 0];
        List<String> classNames = classNames(survey);
        int most = -1;
        int row = 0;
        start();
        while (scanner.next()) {
            if (gaps == Gaps.DROP && hasGap()) {
                continue;
            }
            for (int i = 0, at = row * features.length; i < features.length; i++, at++) {
                values[at] = scanner.missing(features[i]) ? filler : finite(features[i]);
            }
            switch (survey.labels) {
                case NONE -> {}
                case NUMBERS -> numbers[row] = finite(label);
                case CLASS_NUMBERS -> {
                    classes[row] = classNumber(classNames);
                    most = Math.max(most, classes[row]);
                }
                case CLASS_TEXTS -> classes[row] = classText(classNames);
            }
            row++;
        }
        return examples(survey, values, numbers, classes, classNames, most);
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
        private boolean gapsFilled;
        private Labels labels = Labels.NONE;
        private final TreeSet<String> texts = new TreeSet<>();
    }

    private Survey survey() {
        var survey = new Survey();
        boolean allWhole = true;
        boolean allNumeric = true;
        var seen = new boolean[features.length];
        start();
        long firstLine = header ? scanner.line(0) : -1;
        while (scanner.next()) {
            firstLine = firstLine < 0 ? scanner.line(0) : firstLine;
            if (scanner.cells() != names.size()) {
                throw DataErrors.ragged(path, scanner.line(0), scanner.cells(), names.size(), firstLine);
            }
            if (gaps == Gaps.DROP && hasGap()) {
                survey.dropped++;
                continue;
            }
            for (int i = 0; i < features.length; i++) {
                if (scanner.missing(features[i])) {
                    if (gaps == Gaps.ERROR) {
                        throw missing(features[i]);
                    }
                    survey.gapsFilled = true;
                } else if (!scanner.numeric(features[i])) {
                    throw text(features[i]);
                } else {
                    seen[i] = true;
                }
            }
            if (label >= 0) {
                if (scanner.missing(label)) {
                    throw DataErrors.missingLabel(path, scanner.line(label), scanner.column(label), names.get(label));
                }
                allWhole &= scanner.whole(label);
                allNumeric &= scanner.numeric(label);
                if (survey.texts.size() <= 100_000) {
                    survey.texts.add(scanner.text(label));
                }
            }
            survey.rows++;
        }
        if (gaps == Gaps.MEAN && survey.rows > 0) {
            for (int i = 0; i < features.length; i++) {
                if (!seen[i]) {
                    throw DataErrors.nothingToFill(path, names.get(features[i]));
                }
            }
        }
        if (label >= 0) {
            boolean number = labelArgument.equals("target") || (allNumeric && !allWhole);
            survey.labels = number ? Labels.NUMBERS : allWhole ? Labels.CLASS_NUMBERS : Labels.CLASS_TEXTS;
        }
        return survey;
    }

    private boolean hasGap() {
        if (scanner.cells() != names.size()) {
            return false;
        }
        for (int feature : features) {
            if (scanner.missing(feature)) {
                return true;
            }
        }
        return label >= 0 && scanner.missing(label);
    }

    private List<String> classNames(Survey survey) {
        var given = new ArrayList<String>();
        for (Object name : arguments.list("classes")) {
            given.add((String) name);
        }
        if (!given.isEmpty() && survey.labels == Labels.NUMBERS) {
            throw arguments.wrong("classes", "for a label of classes, and `" + names.get(label) + "` has numbers");
        }
        return given.isEmpty() && survey.labels == Labels.CLASS_TEXTS ? List.copyOf(survey.texts) : given;
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
        long number = Long.parseLong(scanner.text(label));
        String where = path + ":" + scanner.line(label) + ":" + scanner.column(label);
        if (number < 0) {
            throw DataErrors.badLabel(
                    where,
                    "the label " + number,
                    "classes count from 0; for a number to predict say `target` instead of `label`");
        }
        if (!classNames.isEmpty() && number >= classNames.size()) {
            throw DataErrors.badLabel(
                    where,
                    "the label " + number,
                    "`classes` names " + classNames.size() + ", which are 0 to " + (classNames.size() - 1));
        }
        if (number > Integer.MAX_VALUE - 1) {
            throw DataErrors.badLabel(
                    where, "the label " + number, "for a number to predict say `target` instead of `label`");
        }
        return (int) number;
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

    private Examples examples(
            Survey survey, float[] values, float[] numbers, int[] classes, List<String> classNames, int most) {
        var fields = new ArrayList<Field>();
        var columns = new ArrayList<Column>();
        var facts = new LinkedHashMap<String, Long>();
        String name = arguments.has("image") ? "image" : "features";
        fields.add(new Field(
                name,
                DType.F32,
                shape(),
                List.of(),
                Arrays.stream(features).mapToObj(names::get).toList()));
        columns.add(new Column.Floats(values, features.length));
        switch (survey.labels) {
            case NONE -> {}
            case NUMBERS -> {
                fields.add(new Field(labelArgument, DType.F32, List.of(), List.of(), List.of(names.get(label))));
                columns.add(new Column.Floats(numbers, 1));
            }
            case CLASS_NUMBERS, CLASS_TEXTS -> {
                facts.put("classes", classNames.isEmpty() ? most + 1L : classNames.size());
                fields.add(new Field(labelArgument, DType.I32, List.of(), classNames, List.of(names.get(label))));
                columns.add(new Column.Ints(classes, 1));
            }
        }
        facts.put("features", (long) features.length);
        return new Read(
                new DataHeader(fields, survey.rows, List.of(), facts),
                new Table(fields, columns, survey.rows),
                gaps == Gaps.MEAN && survey.gapsFilled ? List.of(name) : List.of());
    }

    private List<Integer> shape() {
        if (arguments.has("image") && arguments.has("shape")) {
            throw DataErrors.together("csv", "image", "shape");
        }
        String argument = arguments.has("image") ? "image" : "shape";
        if (!arguments.has(argument)) {
            return List.of(features.length);
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
        if (size != features.length) {
            throw DataErrors.imageShape(path, argument, shape, features.length);
        }
        return shape;
    }

    private record Read(DataHeader header, Table all, List<String> filled) implements Examples {
        @Override
        public int count(String part) {
            return all.count();
        }

        @Override
        public Table table(@Nullable String part) {
            return all;
        }
    }
}
