package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tables of text: one example a row, numbers as features, a class or a number as label.
final class CsvReader extends DataReader {
    CsvReader() {
        super(
                "csv",
                List.of(
                        new Parameter("path", Kind.PATH, true, "the file, in UTF-8, perhaps packed by gzip"),
                        new Parameter(
                                "label",
                                Kind.COLUMN,
                                "the column to predict: whole numbers are classes, texts are classes in sorted order,"
                                        + " numbers with a fraction are numbers"),
                        new Parameter("target", Kind.COLUMN, "instead of `label`: a column of numbers to predict"),
                        new Parameter(
                                "features", Kind.COLUMNS, "the columns to learn from; all but the label and `ignore`"),
                        new Parameter("ignore", Kind.COLUMNS, "columns to leave out"),
                        new Parameter(
                                "categories",
                                Kind.COLUMNS,
                                "columns of words: for each word a feature that is 1 where it stands and 0 elsewhere"),
                        new Parameter(
                                "header",
                                Kind.TRUTH_OR_TEXT,
                                "whether line 1 names the columns; \"auto\": where it is text above numbers"),
                        new Parameter("delimiter", Kind.TEXT, "what stands between cells; a comma, in .tsv a tab"),
                        new Parameter(
                                "missing",
                                Kind.NUMBER_OR_TEXT,
                                "what to do with gaps (an empty cell, `NA`, `NaN`, `null`, `?`): \"error\", \"drop\" the"
                                        + " row, the \"mean\" of the training rows, or a number to fill in"),
                        new Parameter("image", Kind.WHOLES, "the shape of the features, which are then called `image`"),
                        new Parameter("shape", Kind.WHOLES, "the shape of the features"),
                        new Parameter("classes", Kind.TEXTS, "the names of the classes, class 0 first")));
    }

    @Override
    Examples open(Arguments arguments) {
        Path path = arguments.file("path");
        byte[] bytes = DataFile.text(path);
        var scanner = new CsvScanner(path, bytes, delimiter(arguments, path));
        return new CsvTable(path, scanner, arguments, columns(path, scanner, arguments)).examine();
    }

    /// What stands between the cells of a table.
    static char delimiter(Arguments arguments, Path path) {
        String name = path.toString();
        String delimiter = arguments.text("delimiter", name.endsWith(".tsv") || name.endsWith(".tsv.gz") ? "\t" : ",");
        if (delimiter.length() != 1 || "\"\n\r".contains(delimiter) || delimiter.charAt(0) > 126) {
            throw arguments.wrong("delimiter", "one plain character, such as \";\" or \"\\t\"");
        }
        return delimiter.charAt(0);
    }

    /// The columns' names and where the data start.
    record Columns(List<String> names, boolean header) {}

    private static Columns columns(Path path, CsvScanner scanner, Arguments arguments) {
        if (!scanner.next()) {
            throw DataErrors.empty(path);
        }
        int count = scanner.cells();
        var first = new ArrayList<String>();
        var text = new boolean[count];
        int texts = 0;
        for (int cell = 0; cell < count; cell++) {
            first.add(scanner.text(cell).strip());
            text[cell] = !scanner.numeric(cell) && !scanner.missing(cell);
            texts += text[cell] ? 1 : 0;
        }
        if (isHeader(path, scanner, arguments, text, texts)) {
            for (int i = 0; i < count; i++) {
                if (first.get(i).isEmpty()) {
                    first.set(i, Integer.toString(i));
                }
            }
            return new Columns(first, true);
        }
        var numbers = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            numbers.add(Integer.toString(i));
        }
        return new Columns(numbers, false);
    }

    private static boolean isHeader(
            Path path, CsvScanner scanner, Arguments arguments, boolean[] text, int texts) {
        @Nullable
        Object header = arguments.get("header");
        if (header instanceof Boolean said) {
            return said;
        }
        if (header != null && !header.equals("auto")) {
            throw arguments.wrong("header", "true, false or \"auto\"");
        }
        if (texts == 0) {
            return false;
        }
        // A text above a number names its column. A few rows decide, past gaps.
        boolean[] decided = new boolean[text.length];
        boolean above = false;
        boolean more = false;
        for (int row = 0; row < 100 && scanner.next(); row++) {
            more = true;
            for (int cell = 0; cell < Math.min(text.length, scanner.cells()); cell++) {
                if (text[cell] && !decided[cell] && !scanner.missing(cell)) {
                    decided[cell] = true;
                    above |= scanner.numeric(cell);
                }
            }
        }
        if (!more) {
            return true;
        }
        if (above && texts < text.length) {
            throw DataErrors.mixedHeader(path);
        }
        return above;
    }
}
