package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;

/// A table whose rows follow one another in time, as windows over them: `x` is what was, `y` what came next. The part
/// `held_out` is the end of the table.
final class SeriesReader extends DataReader {
    private static final int WIDEST = 1 << 20;

    SeriesReader() {
        super(
                "series",
                List.of(
                        new Parameter("path", Kind.PATH, true, "the table, in the order of time"),
                        new Parameter(
                                "value", Kind.COLUMN, true, "the column of what is predicted, a name or a place"),
                        new Parameter(
                                "with", Kind.COLUMNS, "columns that are known besides, in what was; none"),
                        new Parameter("window", Kind.WHOLE, "how many rows an example looks back; 24"),
                        new Parameter("ahead", Kind.WHOLE, "how many values are predicted; 1"),
                        new Parameter("stride", Kind.WHOLE, "how far apart windows start; 1"),
                        new Parameter(
                                "held_out", Kind.NUMBER, "the fraction at the end that is the part `held_out`; 0.2"),
                        new Parameter("header", Kind.TRUTH_OR_TEXT, "whether line 1 names the columns; \"auto\""),
                        new Parameter("delimiter", Kind.TEXT, "what stands between cells; a comma, in .tsv a tab"),
                        new Parameter("missing", Kind.NUMBER, "what gaps are filled with; else a gap is an error")));
    }

    @Override
    Examples open(Arguments arguments) {
        Path path = arguments.file("path");
        int window = arguments.whole("window", 24, 1, WIDEST);
        int ahead = arguments.whole("ahead", 1, 1, WIDEST);
        int stride = arguments.whole("stride", 1, 1, WIDEST);
        double fraction = arguments.number("held_out", 0.2);
        if (!(fraction >= 0 && fraction < 1)) {
            throw arguments.wrong("held_out", "a number from 0 on, and below 1");
        }
        Object value = arguments.get("value");
        var columns = new ArrayList<Object>();
        columns.add(value == null ? "" : value);
        columns.addAll(arguments.list("with"));
        var table = new LinkedHashMap<String, Object>();
        table.put("path", arguments.text("path", ""));
        table.put("features", columns);
        for (String name : List.of("header", "delimiter", "missing")) {
            Object given = arguments.get(name);
            if (given != null) {
                table.put(name, given);
            }
        }
        var reader = new CsvReader();
        Examples rows = reader.open(arguments.of(reader, table));
        return new Series(path, rows, window, ahead, stride, fraction);
    }

    private static final class Series implements Examples {
        private final Path path;
        private final Examples rows;
        private final int columns;
        private final int cut;
        private final int window;
        private final int ahead;
        private final int stride;
        private final DataHeader header;

        Series(Path path, Examples rows, int window, int ahead, int stride, double fraction) {
            this.path = path;
            this.rows = rows;
            this.window = window;
            this.ahead = ahead;
            this.stride = stride;
            Field features = rows.header().fields().getFirst();
            columns = features.size();
            cut = WindowedText.cut(rows.header().count(), fraction);
            header = new DataHeader(
                    List.of(
                            new Field(
                                    "x",
                                    DType.F32,
                                    columns == 1 ? List.of(window) : List.of(window, columns),
                                    List.of(),
                                    features.columns()),
                            new Field("y", DType.F32, List.of(ahead), List.of(), features.columns().subList(0, 1))),
                    windows("train") + windows("held_out"),
                    fraction == 0 ? List.of("train") : List.of("train", "held_out"),
                    Map.of());
        }

        private int length(String part) {
            return part.equals("train") ? cut : rows.header().count() - cut;
        }

        private int windows(String part) {
            long over = (long) length(part) - window - ahead;
            return over < 0 ? 0 : (int) (over / stride + 1);
        }

        @Override
        public DataHeader header() {
            return header;
        }

        @Override
        public int count(String part) {
            int count = windows(part);
            if (count == 0) {
                throw DataErrors.shortSeries(path, part, length(part), window, ahead);
            }
            return count;
        }

        @Override
        public Table table(@Nullable String part) {
            String name = part == null ? "train" : part;
            int start = name.equals("train") ? 0 : cut;
            Column all = rows.table(null).columns().getFirst();
            if (!(all instanceof Column.Floats(float[] values, int _))) {
                throw new IllegalStateException("a table's features are floats");
            }
            return new Table(
                    header.fields(),
                    List.of(
                            new Column.Spans(values, columns, start, stride, window, columns),
                            new Column.Spans(values, columns, start + window, stride, ahead, 1)),
                    count(name));
        }

        @Override
        public boolean overlapping() {
            return stride < window + ahead;
        }
    }
}
